"""A guarded application with a handler of each kind, on a real server."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

from meadow.core.errors import BadQuestion, OverBudget
from meadow.core.guard import COOKIE, GuardSettings
from meadow.core.http import caller_of, caller_or_none, json_response, open_to_all, read_json
from meadow.core.scope import Tenant
from meadow.core.tokens import Audience, Tokens

Client = TestClient[web.Request, web.Application]
TOKENS = Tokens(b"s" * 32, lambda: {"acme": Tenant(1, "acme")}, time.time)
TOKEN = TOKENS.mint(
    "ann", "acme", ["tasks:read"], lifetime_s=86_400
)  # minted when tests are collected, used when they run
SESSION = TOKENS.session(TOKENS.read(TOKEN, Audience.API), 86_400)


class Part:
    """A handler of each kind."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/mine", self.mine),
            web.post("/mine", self.mine),
            web.get("/open", self.anybody),
            web.post("/open", self.anybody),
            web.post("/echo", self.echo),
            web.get("/fault", self.fault),
            web.get("/half", self.half),
            web.get("/refused", self.refused),
            web.get("/away", self.away),
        ]

    async def mine(self, request: web.Request) -> web.Response:
        return json_response({"subject": caller_of(request).subject})

    @open_to_all
    async def anybody(self, request: web.Request) -> web.Response:
        caller = caller_or_none(request)
        return json_response({"subject": caller.subject if caller else None})

    @open_to_all
    async def echo(self, request: web.Request) -> web.Response:
        return json_response(await read_json(request))

    @open_to_all
    async def fault(self, request: web.Request) -> web.Response:
        raise RuntimeError("the password is hunter2")

    @open_to_all
    async def half(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        raise BadQuestion("too late to say")

    @open_to_all
    async def refused(self, request: web.Request) -> web.Response:
        raise OverBudget("Too many.", retry_after_s=0.2)

    @open_to_all
    async def away(self, request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/open")


Connect = Callable[[GuardSettings], Any]


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def cookie(**more: str) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={SESSION}", **more}


def own(client: Client) -> str:
    return f"http://{client.host}:{client.port}"


async def refusal(response: ClientResponse) -> tuple[int, str]:
    assert response.content_type == "application/problem+json"
    body = await response.json(content_type=None)
    assert body["status"] == response.status
    assert body["title"]
    assert body["detail"].endswith((".", "!"))
    return response.status, body["code"]
