"""What is wrong now?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from meadow.core.errors import OverBudget, TooSlow
from meadow.core.http import json_response
from meadow.core.scope import Permission
from meadow.query import offers
from meadow.query.desk import Desk, Taken, page
from meadow.query.plan import Question, question
from meadow.query.problems.clusters import unsure
from meadow.query.problems.doubted import doubted
from meadow.query.problems.names import STEP_MS, explained
from meadow.query.problems.problem import OF_WORKERS, Problem, worst_first
from meadow.query.problems.seen import Rows, Seen
from meadow.query.problems.thresholds import THRESHOLDS
from meadow.query.problems.told import told
from meadow.query.remembered import Remembered
from meadow.query.run import Row, together
from meadow.query.shortfalls import Shortfalls
from meadow.query.views.clusters import Clusters, shown

NAMES, CAUSES = question("problems_names"), question("problems_causes")
HELD, QUEUES, WORKERS = question("problems_open"), question("problems_queues"), question("problems_workers")
GOOD_S = 2.0
USUAL_GOOD_S = 900.0  # what a week says does not change in a quarter of an hour
EXPLAINED_MAX = 50  # names of which since when and why are asked
SINCE_MS = 86_400_000  # how far back since when is told
COUNTED_MS = 3_600_000  # completeness, drops and gaps are of the last hour, as the overview shows them
ALWAYS, WHERE_UNSURE = ("seen", "reports"), ("counts", "gaps")  # facts of clusters; nothing is told from the others
PARTS = ("recent", "held", "queues", "workers")
USUAL_NAMES_MAX = 500  # of more, all names are asked for: a long list costs more than it saves
Found = tuple[list[Problem], bool]


@dataclass(frozen=True, slots=True)
class Problems:
    """GET /api/v1/problems

    Asks     cluster, limit
    Answers  {"items", "next": null, "complete", "watermark"}, worst first; remembered for two seconds for everybody who sees
             the same clusters, what is usual of a name for fifteen minutes; it is asked of those that may be in trouble only
    Refuses  404 not_found, the same for absent and not the caller's
    """

    desk: Desk
    clusters: Clusters
    found: Remembered[Found] = field(default_factory=lambda: Remembered(GOOD_S))
    shortfalls: Shortfalls = field(default_factory=Shortfalls)
    usual: Remembered[list[Row]] = field(default_factory=lambda: Remembered(USUAL_GOOD_S, 20_000))  # of one name each

    async def get(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.PROBLEMS) as taken:
            problems, complete = await self._found(taken)
            sees_workers = Permission.WORKERS_READ in taken.caller.permissions
            shown = [one.shown() for one in problems if sees_workers or one.kind not in OF_WORKERS]
            return json_response(page(shown[: taken.ask.number("limit")], None, complete, taken))

    async def _found(self, taken: Taken) -> Found:
        known = self.found.get(_key(taken), taken.now_s)
        if known is None:
            known = await self._look(taken)
            self.found.put(_key(taken), taken.now_s, known)
        return known

    async def _look(self, taken: Taken) -> Found:
        seen, complete = await self._seen(taken)
        problems = told(seen, THRESHOLDS)
        return worst_first(await self.shortfalls.dated(taken, await _explained(taken, problems))), complete

    async def _seen(self, taken: Taken) -> tuple[Seen, bool]:
        now_ms, than = int(taken.now_s * 1000), THRESHOLDS
        then_ms = now_ms - than.now_s * 1000
        of_queues = {"now_ms": now_ms, "then_ms": then_ms, "born_ms": now_ms - than.waiting_look_s * 1000}
        parts = await together(
            _rows(taken, NAMES, _range(then_ms, now_ms)),
            _rows(taken, HELD, {"born_ms": now_ms - than.held_look_s * 1000}),
            _rows(taken, QUEUES, of_queues),
            _rows(taken, WORKERS, {"now_ms": now_ms, "since_ms": now_ms - than.worker_look_s * 1000}),
        )
        items, unread = await self._clusters(taken, now_ms)
        unread |= {name for name, part in zip(PARTS, parts, strict=True) if part is None}
        recent, held, queues, workers = (part or [] for part in parts)
        usual = await self._usual(taken, then_ms, doubted(recent, held, taken.now_s, THRESHOLDS))
        unread |= {"usual"} if usual is None else set()
        slugs = taken.asking.scope.clusters
        return Seen(taken.now_s, slugs, recent, usual or [], held, queues, workers, items, unread), not unread

    async def _usual(self, taken: Taken, until_ms: int, names: Sequence[str]) -> list[Row] | None:
        """Of these names, of which some are remembered; None when the others could not be read in time."""
        known = {name: self.usual.get((_key(taken), name), taken.now_s) for name in names}
        missing = [name for name, rows in known.items() if rows is None]
        if missing:
            read = await _usual(taken, until_ms, missing if len(missing) <= USUAL_NAMES_MAX else [])
            if read is None:
                return None
            found: dict[str, list[Row]] = {name: [] for name in missing}
            for row in read:
                found.setdefault(row["name"], []).append(row)
            for name in missing:
                self.usual.put((_key(taken), name), taken.now_s, found[name])
            known |= found
        return [row for rows in known.values() for row in rows or ()]

    async def _clusters(self, taken: Taken, now_ms: int) -> tuple[Mapping[int, Mapping[str, Any]], frozenset[str]]:
        """Each by its id, and what of `Seen` could not be read of them."""
        clusters = [one for one in self.desk.directory().visible(taken.caller) if one.id in taken.asking.scope.clusters]
        found = await self.clusters.facts(taken, now_ms - COUNTED_MS, ALWAYS)
        items = shown(clusters, found, taken.now_s)
        if any(unsure(item, THRESHOLDS) for item in items):
            found |= await self.clusters.facts(taken, now_ms - COUNTED_MS, WHERE_UNSURE)
            items = shown(clusters, found, taken.now_s)
        missing = {"clusters"} if None in (found["reports"], found.get("counts", {})) else set()
        missing |= {"completeness"} if found["seen"] is None else set()
        return {one.id: item for one, item in zip(clusters, items, strict=True)}, frozenset(missing)


async def _usual(taken: Taken, until_ms: int, names: Sequence[str]) -> list[Row] | None:
    for back_s, share in ((THRESHOLDS.usual_s, 0.3), (THRESHOLDS.usual_short_s, 0.5)):
        values = {**_range(until_ms - back_s * 1000, until_ms), "names": names}
        rows = await _rows(taken, NAMES, values, share=share)
        if rows is not None:
            return rows
    return None


async def _explained(taken: Taken, problems: Sequence[Problem]) -> list[Problem]:
    """Since when and why, of the names that fail or are slow; without, where it cannot be told in time."""
    named = [one for one in worst_first(problems) if one.kind in ("failing", "slow")][:EXPLAINED_MAX]
    names = sorted({one.subject for one in named})
    if not names:
        return list(problems)
    now_ms = int(taken.now_s * 1000)
    first_ms = now_ms - SINCE_MS
    steps, causes = await together(
        _rows(taken, NAMES, {**_range(first_ms, now_ms), "step_ms": STEP_MS, "names": names}),
        _rows(taken, CAUSES, _causes(now_ms, names)),
    )
    return [
        explained(one, _of(one, steps, taken), _of(one, causes, taken), first_ms, THRESHOLDS) if one in named else one
        for one in problems
    ]


def _causes(now_ms: int, names: Sequence[str]) -> dict[str, Any]:
    values = _range(now_ms - THRESHOLDS.now_s * 1000, now_ms)
    del values["step_ms"]
    return {**values, "names": names}


def _of(problem: Problem, rows: Rows | None, taken: Taken) -> Rows:
    return [r for r in rows or [] if (taken.slug(r["cluster_id"]), r["name"]) == (problem.cluster, problem.subject)]


def _range(since_ms: int, until_ms: int) -> dict[str, Any]:
    """All of it in one step, of every name."""
    born_ms = since_ms - THRESHOLDS.held_look_s * 1000
    return {"since_ms": since_ms, "until_ms": until_ms, "born_ms": born_ms, "step_ms": until_ms - since_ms, "names": []}


async def _rows(taken: Taken, asked: Question, values: Mapping[str, Any], share: float = 0.6) -> list[Row] | None:
    """None when they could not be read in time."""
    try:
        return await taken.asking.ask(asked, values, share=share)
    except (TooSlow, OverBudget):
        return None


def _key(taken: Taken) -> tuple[int, tuple[int, ...]]:
    return taken.asking.scope.tenant_id, tuple(sorted(taken.asking.scope.clusters))
