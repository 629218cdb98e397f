"""A tenant's clusters: added, looked up, changed and removed by those who manage them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from meadow.control.outcome import shown as moment
from meadow.control.registry import shown
from meadow.control.registry.access import is_operator, managed, must_add
from meadow.control.registry.bodies import MEMBERS, connection_of, only, slug_of
from meadow.control.registry.journal import Journal
from meadow.control.registry.reach import must_reach
from meadow.control.registry.settings import RegistrySettings
from meadow.control.registry.versions import added, compared, etag, seen
from meadow.core.errors import OverBudget, Sealed
from meadow.core.http import caller_of, json_response, read_json
from meadow.core.registry import Registry
from meadow.core.registry_records import ClusterRecord

FULL_AGAIN_S = 60


@dataclass(frozen=True, slots=True)
class Clusters:
    """POST /clusters; GET /clusters/{c}/registration; PATCH, DELETE /clusters/{c}

    Asks     slug, url, Celery's options; PATCH those that change; If-Match on PATCH and DELETE.
    Answers  the registration, with its version as ETag; never a password or transport option. A removed one: 204.
    Refuses  403 forbidden; 404 not_found, the same for absent and out of reach; 400 bad_registration; 409 conflict;
             428 version_required; 412 stale_version; 429 over_budget; 503 log_unavailable: it may or may not have been taken.
    """

    registry: Registry
    journal: Journal
    settings: RegistrySettings
    now_s: Callable[[], float]

    async def add(self, request: web.Request) -> web.Response:
        caller, body = caller_of(request), await read_json(request)
        slug = slug_of(body)
        must_add(caller, slug)
        only(body, ("slug", *MEMBERS))
        connection = connection_of(body)
        must_reach(connection, operator=is_operator(caller, self.settings.operator))
        self._must_fit(caller.tenant.slug, slug)
        with added("cluster"):
            record = await self.registry.put_cluster(
                caller.tenant.slug, slug, connection, by=caller.subject, expected=0
            )
        await self.journal.cluster(caller.tenant, record, "added", caller.subject)
        return self._answer(record, status=201)

    async def get(self, request: web.Request) -> web.Response:
        return self._answer(managed(caller_of(request), self.registry, request.match_info["cluster"]))

    async def change(self, request: web.Request) -> web.Response:
        """One whose secrets no key opens needs a url, and transport options anew where it had some."""
        caller = caller_of(request)
        before = managed(caller, self.registry, request.match_info["cluster"])
        expected = seen(request, before.version)
        body = await read_json(request)
        only(body, MEMBERS)
        try:
            connection = connection_of(body, self.registry.connection(before))
        except Sealed:
            if "url" not in body:
                raise
            connection = connection_of(body, before.shown)
        must_reach(connection, operator=is_operator(caller, self.settings.operator))
        with compared():
            record = await self.registry.put_cluster(
                caller.tenant.slug, before.slug, connection, by=caller.subject, expected=expected
            )
        await self.journal.cluster(caller.tenant, record, "changed", caller.subject)
        return self._answer(record)

    async def remove(self, request: web.Request) -> web.Response:
        """Nothing of it is collected or shown any more; its history is kept as long as everybody's, and is there again when
        a cluster of that name is added."""
        caller = caller_of(request)
        before = managed(caller, self.registry, request.match_info["cluster"])
        expected = seen(request, before.version)
        with compared():
            await self.registry.remove_cluster(caller.tenant.slug, before.slug, by=caller.subject, expected=expected)
        await self.journal.cluster(caller.tenant, before, "removed", caller.subject)
        return web.Response(status=204)

    def _must_fit(self, tenant: str, slug: str) -> None:
        most, names = self.registry.tenant(tenant).clusters_max, self.settings.names_max
        if len(self.registry.all_clusters(tenant)) >= most:
            raise OverBudget(
                f"This tenant has {most} clusters, which is the most.",
                accepts=f"at most {most} clusters",
                retry_after_s=FULL_AGAIN_S,
            )
        if self.registry.clusters_ever(tenant) >= names and not self.registry.is_known(tenant, slug):
            raise OverBudget(
                f"This tenant has had clusters of {names} names, which is the most.",
                accepts="a name that was used before",
                retry_after_s=FULL_AGAIN_S,
            )

    def _answer(self, record: ClusterRecord, status: int = 200) -> web.Response:
        body = {"item": shown.cluster(record), "watermark": moment(self.now_s())}
        return json_response(body, status=status, headers=etag(record.version))
