"""`/metrics` in Prometheus's text form: plain on a listener of its own, by permission and tenant beside the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from meadow.control.registry.access import is_operator
from meadow.core.http import caller_of, open_to_all
from meadow.core.readings import Reading
from meadow.core.scope import Caller, Permission, allowed

Everything = Callable[[], Awaitable[Sequence[Reading]]]
PATH = "/metrics"


class TenantMetrics:
    """GET /metrics beside the API, behind the guard: needs `metrics:read`. Mounted before the page, which takes what is left.

    A caller sees the series of its own tenant, and of the clusters its credential reaches. Series without a tenant are the
    operator's, and so are all tenants' together: `operator` is the slug of the tenant whose callers are operators, where their
    credential is not limited to clusters; "" means nobody is, and process series are shown to no one here.
    """

    def __init__(self, everything: Everything, operator: str = "") -> None:
        self._everything, self._operator = everything, operator

    def routes(self) -> list[web.RouteDef]:
        """One."""
        return [web.get(PATH, self.get, allow_head=False)]

    async def get(self, request: web.Request) -> web.Response:
        """Refuses 401 and 403; 503 when other processes' numbers cannot be had: a gap is better than a sum that fell."""
        caller = caller_of(request)
        caller.must(Permission.METRICS_READ)
        return _response(reading for reading in await self._everything() if self._may_see(caller, reading))

    def _may_see(self, caller: Caller, reading: Reading) -> bool:
        if is_operator(caller, self._operator):
            return True
        if reading.label("tenant") != caller.tenant.slug:
            return False
        cluster = reading.label("cluster")
        return caller.clusters is None if cluster is None else allowed(caller, cluster)


class PlainMetrics:
    """GET /metrics with every series, to whoever reaches the port: only for an internal listener, never beside the API.

    No Host is refused: Prometheus comes by a pod's address, or by a name that only its own network knows.
    """

    def __init__(self, everything: Everything) -> None:
        self._everything = everything

    def routes(self) -> list[web.RouteDef]:
        """One."""
        return [web.get(PATH, self.get, allow_head=False)]

    @open_to_all
    async def get(self, request: web.Request) -> web.Response:
        """All there is."""
        return _response(await self._everything())


def text(readings: Iterable[Reading]) -> bytes:
    """Prometheus's text form 0.0.4, metrics and series in a fixed order."""
    return generate_latest(_Families(readings))


def _response(readings: Iterable[Reading]) -> web.Response:
    headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
    return web.Response(body=text(readings), headers=headers)


class _Families(Collector):
    """Readings, as prometheus_client prints them."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = sorted(readings, key=lambda one: (one.metric.name, one.labels, one.suffix, _bound(one.le)))

    def collect(self) -> Iterator[Family]:
        """Each metric once, with all its series."""
        families: dict[str, Family] = {}
        for one in self._readings:
            name = one.metric.name.removesuffix("_total") if one.metric.kind == "counter" else one.metric.name
            family = families.setdefault(name, Family(name, one.metric.meaning, one.metric.kind))
            labels = dict(zip(one.metric.labels, one.labels, strict=True)) | ({"le": one.le} if one.le else {})
            family.add_sample(one.metric.name + one.suffix, labels, float(one.value))
        yield from families.values()


def _bound(le: str) -> float:
    return float(le) if le else 0.0
