"""The small HTTP listener of a process that serves no people: alive, ready, and whatever else it shows of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from aiohttp import web

from meadow.core.http import Routes, problems
from meadow.deploy.http import HttpService
from meadow.deploy.roles import Listening
from meadow.web.ready import Check, Ready

BODY_BYTES_MAX = 4096


class Checks(Mapping[str, Check]):
    """What /readyz asks: what is always asked, and what there is to ask now."""

    def __init__(self, always: Mapping[str, Check], now: Callable[[], Mapping[str, Check]] = dict) -> None:
        self._always, self._now = always, now

    def __getitem__(self, name: str) -> Check:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Mapping[str, Check]:
        return {**self._always, **self._now()}


class Probes:
    """GET /healthz, /readyz. A Routes part."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._ready = Ready(checks)

    def routes(self) -> list[web.RouteDef]:
        """Open to all."""
        return [web.get("/healthz", self._ready.healthz), web.get("/readyz", self._ready.readyz)]


def listener(parts: Sequence[Routes], listening: Listening) -> HttpService:
    """Serves these parts to whoever reaches the port; put nothing in it that needs a credential."""
    app = web.Application(middlewares=[problems], client_max_size=BODY_BYTES_MAX)
    for part in parts:
        app.add_routes(part.routes())
    return HttpService(app, listening.host, listening.port, ports_tried=1)
