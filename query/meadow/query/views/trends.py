"""How many tasks finished, how well, how fast, over time?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from meadow.core.errors import OverBudget, TooSlow
from meadow.core.http import json_response
from meadow.query import offers
from meadow.query.captured import Capture, Captured
from meadow.query.desk import Desk, Taken
from meadow.query.plan import question
from meadow.query.ranges import range_of
from meadow.query.run import Row
from meadow.query.searching import searched
from meadow.query.series import OTHER, Series, total_of
from meadow.query.times import shown_ms
from meadow.query.views.tasks import filters

TRENDS, KEYS = question("trends"), question("trends_keys")
OF_STEP, OF_KEY, OF_ALL = 0, 1, 2  # what a row is about
Clause = tuple[str, dict[str, Any]]
DAY_MS = 86_400_000  # how far ahead a clock may run that said when a task was born
NARROW_MS = 3_600_000  # how long before the range tasks may be born, when the longest expected takes too long


@dataclass(frozen=True, slots=True)
class Range:
    """What is asked: [since, until) in whole steps; tasks born before `born_ms` are not looked at."""

    since_ms: int
    until_ms: int
    step_ms: int
    born_ms: int

    def values(self) -> dict[str, int]:
        return {"since_ms": self.since_ms, "until_ms": self.until_ms, "born_ms": self.born_ms}


@dataclass(frozen=True, slots=True)
class Trends:
    """GET /api/v1/trends

    Asks     see offers.TRENDS; at most 1500 points a series
    Answers  {"from", "to", "step_s", "by", "items": [{"key", "totals", "points"}], "totals", "complete", "watermark"}
             by the time a task finished; `retried`: finished, after more than one attempt
             `seen`, `known`: starts of all workers of the clusters, whatever else is asked for; null where not known
             `complete` is false when only tasks born up to an hour before `from` could be read in time
    Refuses  400 bad_question for too many points, 504 too_slow
    """

    desk: Desk
    capture: Capture = field(default_factory=Capture)

    async def get(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.TRENDS) as taken:
            asked = _range(taken, self.desk.run.settings.lifetime_days_max)
            rows, complete = await _rows(taken, asked, await _search(taken, asked))
            captured = await self.capture.of(taken, asked.since_ms, asked.until_ms, asked.step_ms)
            answer = {**_answer(rows, asked, captured, taken), "complete": complete, "watermark": taken.watermark}
            return json_response(answer)


def _range(taken: Taken, lifetime_days: float) -> Range:
    steps = range_of(taken.ask, taken.now_s)
    born_ms = max(0, steps.since_ms - int(lifetime_days * DAY_MS))
    return Range(steps.since_ms, steps.until_ms, steps.step_ms, born_ms)


async def _search(taken: Taken, asked: Range) -> Clause:
    return (await searched(taken, asked.born_ms, asked.until_ms + DAY_MS, born="born_ms")).clause()


async def _rows(taken: Taken, asked: Range, search: Clause) -> tuple[list[Row], bool]:
    """Rows, and whether all tasks were looked at. Reading tasks born long before takes the longest, so that is given up."""
    try:
        return await _ask(taken, asked, search, share=0.6), True
    except (TooSlow, OverBudget):
        narrow = replace(asked, born_ms=max(asked.born_ms, asked.since_ms - NARROW_MS))
        return await _ask(taken, narrow, search, share=1.0), False


async def _ask(taken: Taken, asked: Range, search: Clause, *, share: float) -> list[Row]:
    by = taken.ask.text("by")
    clause, bound = search
    values: dict[str, Any] = {**asked.values(), **filters(taken.ask), **bound, "by": by}
    marks = {"search": clause}
    keys = [""]
    if by:
        rows = await taken.asking.ask(KEYS.filled(marks), {**values, "top": taken.ask.number("top")}, share=share / 2)
        keys = [row["key"] for row in rows]
    return await taken.asking.ask(TRENDS.filled(marks), {**values, "keys": keys, "step_ms": asked.step_ms}, share=share)


def _answer(rows: list[Row], asked: Range, captured: Captured, taken: Taken) -> dict[str, Any]:
    by = taken.ask.text("by")
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        if row["total"] == OF_STEP:
            grouped.setdefault(row["key"], []).append(row)
    of_key = {row["key"]: row for row in rows if row["total"] == OF_KEY}
    span = (asked.since_ms, asked.until_ms, asked.step_ms)
    series = [Series(key, found, of_key.get(key), *span) for key, found in grouped.items()]
    series.sort(key=lambda one: (one.key == OTHER, -one.count, one.key))
    if not by and not series:
        series = [Series("", [], None, *span)]
    totals = next((row for row in rows if row["total"] == OF_ALL), None)
    return {
        "from": shown_ms(asked.since_ms),
        "to": shown_ms(asked.until_ms),
        "step_s": asked.step_ms // 1000,
        "by": by or None,
        "items": [
            {
                "key": _key(one.key, by, taken),
                "totals": one.totals(),
                "points": one.points(captured.by_step(_clusters(one.key, by, taken))),
            }
            for one in series
        ],
        "totals": total_of(totals, (asked.until_ms - asked.since_ms) / 1000),
    }


def _clusters(key: str, by: str, taken: Taken) -> set[int]:
    """Whose starts a series shows: by cluster its own, else all."""
    reached = taken.asking.scope.clusters
    return {id_ for id_ in reached if str(id_) == key} if by == "cluster" and key != OTHER else set(reached)


def _key(key: str, by: str, taken: Taken) -> str | None:
    slugs: Mapping[str, str] = {str(number): slug for number, slug in taken.asking.scope.clusters.items()}
    return slugs.get(key, key) if by == "cluster" else key if by else None
