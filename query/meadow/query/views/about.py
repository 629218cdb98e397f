"""Who asks, and what there is to ask: /me, the OpenAPI document and its readable page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aiohttp import web

from meadow.core.http import caller_of, json_response
from meadow.core.operations import Operation
from meadow.query.docs import STYLE, page
from meadow.query.openapi import document


@dataclass(frozen=True)
class About:
    """GET /api/v1/me, /api/v1/openapi.json, /api/v1/docs

    Answers  the credential's subject, tenant, permissions and clusters (null: all of the tenant); never the credential
    """

    operations: Sequence[Operation]

    async def me(self, request: web.Request) -> web.Response:
        caller = caller_of(request)
        item = {
            "subject": caller.subject,
            "tenant": caller.tenant.slug,
            "permissions": sorted(caller.permissions),
            "clusters": sorted(caller.clusters) if caller.clusters is not None else None,
        }
        return json_response({"item": item})

    async def openapi(self, _: web.Request) -> web.Response:
        return json_response(document(self.operations))

    async def docs(self, _: web.Request) -> web.Response:
        return web.Response(text=self._page, content_type="text/html")

    async def style(self, _: web.Request) -> web.Response:
        return web.Response(text=STYLE, content_type="text/css")

    @cached_property
    def _page(self) -> str:
        return page(self.operations)
