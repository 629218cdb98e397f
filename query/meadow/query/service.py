"""Questions over HTTP: the whole surface on a page, and the live fan-out behind one of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from aiohttp import web

from meadow.core.http import Handler
from meadow.core.log import Log
from meadow.core.operations import Operation
from meadow.core.readings import Reading
from meadow.core.scope import Directory
from meadow.core.store import Store
from meadow.query.budget import Budget
from meadow.query.desk import Desk, Watermarks
from meadow.query.fanout import Fanout
from meadow.query.measured import readings
from meadow.query.offers import API, OFFERS
from meadow.query.run import Run
from meadow.query.settings import QuerySettings
from meadow.query.views.about import About
from meadow.query.views.clusters import Clusters
from meadow.query.views.facets import Facets
from meadow.query.views.live import Live
from meadow.query.views.problems import Problems
from meadow.query.views.story import Story
from meadow.query.views.tasks import ListTasks
from meadow.query.views.trends import Trends
from meadow.query.views.worker import OneWorker
from meadow.query.views.workers import Workers


class Query:
    """Answers questions; never writes.

    directory     the tenants and clusters as they are now; called once a request.
    now_s         epoch seconds.
    declarations  what other services of this process offer, for the OpenAPI document.

    Its routes work in any aiohttp application whose guard sets the caller; live streams only while `run` runs.
    """

    name = "query"

    def __init__(
        self,
        store: Store,
        log: Log,
        directory: Callable[[], Directory],
        settings: QuerySettings,
        now_s: Callable[[], float] = time.time,
        declarations: Sequence[Operation] = (),
    ) -> None:
        self._budget = Budget(settings.running_max, settings.waiting_max)
        run = Run(store, self._budget, settings)
        self._desk = Desk(run, directory, now_s, Watermarks())
        self._fanout = Fanout(log, settings)
        self._directory = directory
        self._operations = (*OFFERS, *declarations)

    def routes(self) -> list[web.RouteDef]:
        """Every address; HEAD is not answered, because no question is free."""
        clusters, story = Clusters(self._desk), Story(self._desk)
        workers, worker = Workers(self._desk), OneWorker(self._desk)
        facets = Facets(self._desk)
        about = About(self._operations)
        return [
            _get("/clusters", clusters.get),
            _get("/clusters/{cluster}", clusters.one),
            _get("/tasks", ListTasks(self._desk).get),
            _get("/tasks/facets", facets.get),
            _get("/tasks/fields", facets.fields),
            _get("/tasks/{id}", story.get),
            _get("/tasks/{id}/events", story.events),
            _get("/task", story.named),
            _get("/task/events", story.named_events),
            _get("/workers", workers.get),
            _get("/workers/{hostname}", worker.get),
            _get("/workers/{hostname}/history", worker.history),
            _get("/problems", Problems(self._desk, clusters).get),
            _get("/trends", Trends(self._desk).get),
            _get("/live", Live(self._desk, self._fanout).get),
            _get("/me", about.me),
            _get("/openapi.json", about.openapi),
            _get("/docs", about.docs),
            _get("/docs.css", about.style),
        ]

    def readings(self) -> Iterator[Reading]:
        """What each tenant asks now, for the metrics."""
        return readings(self._budget, self._fanout, self._directory())

    async def start(self) -> None:
        """Nothing to wait for: the first question finds out whether the store answers."""

    async def run(self) -> None:
        """Tails the log for those who watch, until cancelled."""
        await self._fanout.run()

    async def stop(self) -> None:
        """Ends the live streams; questions in flight are their requests' to end."""
        self._fanout.close()


def _get(path: str, handler: Handler) -> web.RouteDef:
    return web.get(f"{API}{path}", handler, allow_head=False)
