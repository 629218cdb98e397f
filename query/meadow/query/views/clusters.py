"""How is each cluster, and how much of what happened there was seen?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from meadow.core.errors import OverBudget, TooSlow
from meadow.core.http import json_response
from meadow.core.scope import Cluster
from meadow.query import offers
from meadow.query.desk import Desk, Taken, page
from meadow.query.health import FACTS, Facts, item
from meadow.query.plan import Question, question
from meadow.query.remembered import Remembered
from meadow.query.run import Row, together

WORKERS, SEEN, COUNTS = question("clusters_workers"), question("clusters_seen"), question("clusters_counts")
REPORTS = question("clusters_reports")
SINCE = {"counts": COUNTS, "gaps": question("clusters_gaps"), "dead": question("clusters_dead_letters")}
REPORTS_OVER_MS = 60_000
COMPLETENESS_GOOD_S = 10.0
Found = dict[int, list[Row]]


@dataclass(frozen=True, slots=True)
class Clusters:
    """GET /api/v1/clusters and /api/v1/clusters/{cluster}

    Asks     from: since when completeness, drops, gaps and dead letters are counted; an hour ago when left out
    Answers  each cluster the caller reaches, from what the store holds of it, never from another process's memory
             completeness is remembered for ten seconds; `complete` is false when something could not be told in time, and
             then it is shown as unknown or none
    Refuses  404 not_found, the same for absent and not the caller's
    """

    desk: Desk
    completeness: Remembered[Found] = field(default_factory=lambda: Remembered(COMPLETENESS_GOOD_S))

    async def get(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.CLUSTERS) as taken:
            visible = self.desk.directory().visible(taken.caller)
            items, unread = await self.items(taken, visible, taken.ask.time_ms("from") or 0)
            return json_response(page(items, None, not unread, taken))

    async def one(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.ONE) as taken:
            cluster = self.desk.directory().cluster(taken.caller, taken.ask.text("cluster"))
            items, _ = await self.items(taken, [cluster], taken.ask.time_ms("from") or 0)
            return json_response({"item": items[0], "watermark": taken.watermark})

    async def items(
        self, taken: Taken, clusters: Sequence[Cluster], since_ms: int
    ) -> tuple[list[dict[str, Any]], frozenset[str]]:
        """Each as it is shown, in their order, counted since then; and which facts could not be read in time."""
        found = await self.facts(taken, since_ms, FACTS)
        unread = frozenset(name for name, rows in found.items() if rows is None)
        return shown(clusters, found, taken.now_s), unread

    async def facts(self, taken: Taken, since_ms: int, names: Sequence[str]) -> dict[str, Found | None]:
        """These of `Facts`, counted since then; None what could not be read in time."""
        rows = await together(*(self._fact(taken, name, since_ms) for name in names))
        return dict(zip(names, rows, strict=True))

    async def _fact(self, taken: Taken, name: str, since_ms: int) -> Found | None:
        now_ms = int(taken.now_s * 1000)
        match name:
            case "workers":
                return await _by_cluster(taken, WORKERS, {"now_ms": now_ms})
            case "seen":
                return await self._seen(taken, {"since_ms": since_ms, "until_ms": now_ms})
            case "reports":
                return await _by_cluster(taken, REPORTS, {"since_ms": now_ms - REPORTS_OVER_MS})
            case _:
                return await _by_cluster(taken, SINCE[name], {"since_ms": since_ms})

    async def _seen(self, taken: Taken, values: dict[str, int]) -> Found | None:
        """Counting what was started is the dearest question here, and every open page asks it again and again."""
        scope = taken.asking.scope
        back_s = taken.now_s - values["since_ms"] / 1000
        key = (scope.tenant_id, tuple(sorted(scope.clusters)), round(back_s) if back_s < 86_400 else values["since_ms"])
        known = self.completeness.get(key, taken.now_s)
        if known is None:
            known = await _by_cluster(taken, SEEN, values, share=0.6)
            if known is not None:
                self.completeness.put(key, taken.now_s, known)
        return known


def shown(clusters: Sequence[Cluster], found: Mapping[str, Found | None], now_s: float) -> list[dict[str, Any]]:
    """Each as it is shown; what rests on a fact that is not there is unknown or none."""
    known = {c.id: Facts(**{name: rows.get(c.id, ()) for name, rows in found.items() if rows}) for c in clusters}
    return [item(c, known[c.id], now_s) for c in clusters]


async def _by_cluster(taken: Taken, asked: Question, values: dict[str, int], share: float = 1.0) -> Found | None:
    """Rows by cluster id; None when they could not be read in time."""
    found: Found = {}
    try:
        for row in await taken.asking.ask(asked, values, share=share):
            found.setdefault(row["cluster_id"], []).append(row)
    except (TooSlow, OverBudget):
        return None
    return found
