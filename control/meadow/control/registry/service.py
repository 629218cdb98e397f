"""The registry over HTTP: tenants by the operator, clusters by each tenant's own managers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from aiohttp import web

from meadow.control.offers import API
from meadow.control.registry.check import Check
from meadow.control.registry.clusters import Clusters
from meadow.control.registry.journal import Journal
from meadow.control.registry.offers import OFFERS
from meadow.control.registry.settings import RegistrySettings
from meadow.control.registry.tenants import Tenants
from meadow.control.wire import Wire
from meadow.core.connections import Connection
from meadow.core.http import Handler
from meadow.core.log import Log
from meadow.core.operations import Operation
from meadow.core.registry import Registry

__all__ = ["Registrations", "RegistrySettings"]


class Registrations:
    """Routes to be mounted beside Control's; no Service: the registry is one.

    registry  with its key, or no cluster can be added.
    log       where changes become events.
    wires     makes the adapter for a connection that is to be tried.
    node      this process's name in the events it appends.
    now_s     epoch seconds.
    """

    def __init__(
        self,
        registry: Registry,
        log: Log,
        wires: Callable[[Connection], Wire],
        settings: RegistrySettings,
        node: str,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        journal = Journal(log, node, settings.event_within_s, now_s)
        self._tenants = Tenants(registry, journal, settings, now_s)
        self._clusters = Clusters(registry, journal, settings, now_s)
        self._check = Check(wires, settings, now_s)

    def routes(self) -> list[web.RouteDef]:
        """Every address. GET /clusters and /clusters/{c} are the query service's."""
        tenants, clusters = self._tenants, self._clusters
        return [
            _get("/tenants", tenants.several),
            web.post(f"{API}/tenants", tenants.add),
            _get("/tenants/{tenant}", tenants.get),
            web.patch(f"{API}/tenants/{{tenant}}", tenants.change),
            web.delete(f"{API}/tenants/{{tenant}}", tenants.remove),
            web.post(f"{API}/clusters", clusters.add),
            web.post(f"{API}/clusters/check", self._check.post),
            _get("/clusters/{cluster}/registration", clusters.get),
            web.patch(f"{API}/clusters/{{cluster}}", clusters.change),
            web.delete(f"{API}/clusters/{{cluster}}", clusters.remove),
        ]

    def operations(self) -> Sequence[Operation]:
        """The same, for the OpenAPI document."""
        return OFFERS


def _get(path: str, handler: Handler) -> web.RouteDef:
    return web.get(f"{API}{path}", handler, allow_head=False)
