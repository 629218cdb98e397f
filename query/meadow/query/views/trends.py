"""How many tasks finished, how well, how fast, over time?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from meadow.core.errors import BadQuestion, OverBudget, TooSlow
from meadow.core.http import json_response
from meadow.query import offers
from meadow.query.captured import Capture, Captured
from meadow.query.desk import Desk, Taken
from meadow.query.plan import question
from meadow.query.run import Row
from meadow.query.searching import searched
from meadow.query.series import OTHER, Series, total_of
from meadow.query.times import shown_ms
from meadow.query.views.tasks import filters

TRENDS, KEYS = question("trends"), question("trends_keys")
STEPS_S = {"1m": 60, "5m": 300, "15m": 900, "1h": 3_600, "1d": 86_400}
POINTS_MAX = 1_500
AUTO_POINTS_MAX = 750
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
    Answers  {"from", "to", "step_s", "by", "items": [{"key", "points"}], "totals", "complete", "watermark"}
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
    since_ms = taken.ask.time_ms("from") or 0
    until_ms = taken.ask.time_ms("to")
    until_ms = until_ms if until_ms is not None else int(taken.now_s * 1000)
    if since_ms >= until_ms:
        raise BadQuestion("`from` must be before `to`.", field="from", accepts="a time before `to`")
    step_ms = _step_ms(taken.ask.text("step"), until_ms - since_ms)
    since_ms -= since_ms % step_ms
    points = -(-(until_ms - since_ms) // step_ms)
    if points > POINTS_MAX:
        text = f"That is {points} points; at most {POINTS_MAX} are answered. Take a longer step or a shorter range."
        raise BadQuestion(
            text, field="step", accepts=f"a step of at least {-(-(until_ms - since_ms) // POINTS_MAX // 1000)} s"
        )
    return Range(since_ms, until_ms, step_ms, max(0, since_ms - int(lifetime_days * 86_400_000)))


def _step_ms(step: str, range_ms: int) -> int:
    if step != "auto":
        return STEPS_S[step] * 1000
    fitting = [step_s for step_s in STEPS_S.values() if range_ms / 1000 / step_s <= AUTO_POINTS_MAX]
    return next(iter(fitting), STEPS_S["1d"]) * 1000


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
        if not row["total"]:
            grouped.setdefault(row["key"], []).append(row)
    series = [Series(key, found, asked.since_ms, asked.until_ms, asked.step_ms) for key, found in grouped.items()]
    series.sort(key=lambda one: (one.key == OTHER, -one.count, one.key))
    if not by and not series:
        series = [Series("", [], asked.since_ms, asked.until_ms, asked.step_ms)]
    totals = next((row for row in rows if row["total"]), None)
    return {
        "from": shown_ms(asked.since_ms),
        "to": shown_ms(asked.until_ms),
        "step_s": asked.step_ms // 1000,
        "by": by or None,
        "items": [
            {"key": _key(one.key, by, taken), "points": one.points(captured.by_step(_clusters(one.key, by, taken)))}
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
