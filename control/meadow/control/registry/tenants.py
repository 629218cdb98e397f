"""The tenants of this Meadow: listed, added, changed and removed by the operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from meadow.control.outcome import shown as moment
from meadow.control.registry import shown
from meadow.control.registry.access import must_operate
from meadow.control.registry.bodies import TenantBody, only, slug_of, tenant_of
from meadow.control.registry.journal import Journal
from meadow.control.registry.settings import RegistrySettings
from meadow.control.registry.versions import added, compared, etag, seen
from meadow.core.errors import BadQuestion, Conflict, OverBudget
from meadow.core.http import caller_of, json_response, read_json
from meadow.core.registry import Registry
from meadow.core.registry_records import CLUSTERS_DEFAULT, TenantRecord
from meadow.core.scope import Caller
from meadow.core.slugs import is_slug

LIMIT_DEFAULT, LIMIT_MAX = 50, 500
FULL_AGAIN_S = 60


@dataclass(frozen=True, slots=True)
class Tenants:
    """GET, POST /tenants; GET, PATCH, DELETE /tenants/{t}

    Asks     slug, name, clusters_max; If-Match on PATCH and DELETE; limit 1 to 500 and cursor on the list.
    Answers  a tenant, with its version as ETag, and how many clusters it has.
    Refuses  403 forbidden to everybody but the operator; 404 not_found; 400 bad_registration or bad_question; 409 conflict;
             428 version_required; 412 stale_version; 429 over_budget; 503 log_unavailable: it may or may not have been taken.
    """

    registry: Registry
    journal: Journal
    settings: RegistrySettings
    now_s: Callable[[], float]

    async def several(self, request: web.Request) -> web.Response:
        """By slug. complete: whether changes are followed at this moment."""
        must_operate(caller_of(request), self.settings.operator)
        limit, after = _page(request)
        rest = [record for record in self.registry.all_tenants() if record.slug > after]
        items = [shown.tenant(record, self.registry) for record in rest[:limit]]
        cursor = items[-1]["slug"] if len(rest) > limit else None
        watermark, complete = moment(self.now_s()), self.registry.healthy
        return json_response({"items": items, "next": cursor, "complete": complete, "watermark": watermark})

    async def get(self, request: web.Request) -> web.Response:
        must_operate(caller_of(request), self.settings.operator)
        return self._answer(self.registry.tenant(request.match_info["tenant"]))

    async def add(self, request: web.Request) -> web.Response:
        caller = caller_of(request)
        must_operate(caller, self.settings.operator)
        body = await read_json(request)
        only(body, ("slug", "name", "clusters_max"))
        slug, asked = slug_of(body), tenant_of(body, TenantBody("", CLUSTERS_DEFAULT))
        if self.registry.tenants_ever() >= self.settings.tenants_max and not self.registry.is_known(slug):
            raise OverBudget("There have been as many tenants as there may be.", retry_after_s=FULL_AGAIN_S)
        with added("tenant"):
            record = await self._put(slug, asked, caller, 0)
        self.journal.tenant(record, "added", caller.subject)
        return self._answer(record, status=201)

    async def change(self, request: web.Request) -> web.Response:
        caller = caller_of(request)
        must_operate(caller, self.settings.operator)
        before = self.registry.tenant(request.match_info["tenant"])
        expected = seen(request, before.version)
        body = await read_json(request)
        only(body, ("name", "clusters_max"))
        asked = tenant_of(body, TenantBody(before.name, before.clusters_max))
        with compared():
            record = await self._put(before.slug, asked, caller, expected)
        self.journal.tenant(record, "changed", caller.subject)
        return self._answer(record)

    async def remove(self, request: web.Request) -> web.Response:
        """Its tokens hold no longer, anywhere. One that has clusters, and the operator's own, stay: 409."""
        caller = caller_of(request)
        must_operate(caller, self.settings.operator)
        before = self.registry.tenant(request.match_info["tenant"])
        expected = seen(request, before.version)
        if before.slug == self.settings.operator:
            raise Conflict("The operator's own tenant cannot be removed: nobody could add one again.")
        with compared():
            await self.registry.remove_tenant(before.slug, by=caller.subject, expected=expected)
        self.journal.tenant(before, "removed", caller.subject)
        return web.Response(status=204)

    async def _put(self, slug: str, asked: TenantBody, caller: Caller, expected: int) -> TenantRecord:
        return await self.registry.put_tenant(
            slug, by=caller.subject, expected=expected, name=asked.name, clusters_max=asked.clusters_max
        )

    def _answer(self, record: TenantRecord, status: int = 200) -> web.Response:
        body = {"item": shown.tenant(record, self.registry), "watermark": moment(self.now_s())}
        return json_response(body, status=status, headers=etag(record.version))


def _page(request: web.Request) -> tuple[int, str]:
    for name in request.query:
        if name not in ("limit", "cursor"):
            raise BadQuestion(f"No parameter is called {name[:100]!r}.", field=name[:100], accepts="limit, cursor")
    limit, cursor = request.query.get("limit", str(LIMIT_DEFAULT)), request.query.get("cursor", "")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= LIMIT_MAX):
        raise BadQuestion("limit is out of bounds.", field="limit", accepts=f"1 to {LIMIT_MAX}")
    if cursor and not is_slug(cursor):
        raise BadQuestion("The cursor is none of ours.", field="cursor", accepts="`next` of the page before")
    return int(limit), cursor
