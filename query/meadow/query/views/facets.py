"""How many tasks match, of which kinds, and when were they born?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from meadow.core.errors import OverBudget, TooSlow
from meadow.core.http import json_response
from meadow.query import offers
from meadow.query.desk import Desk, Taken
from meadow.query.grammar.fields import DUE_LATER, FIELDS
from meadow.query.grammar.parse import lowered
from meadow.query.grammar.terms import Node, Term, leaves, parts, without
from meadow.query.grammar.words import Bound
from meadow.query.histogram import Stretches, stretches
from meadow.query.narrowing import narrower
from meadow.query.plan import born_between, question
from meadow.query.run import Row
from meadow.query.searching import Search, searched
from meadow.query.views.tasks import filters

FACETS, FIRST = question("tasks_facets"), question("tasks_first")
CLUSTERS_MAX = 10_000  # read, because only here their slugs are known


@dataclass(frozen=True, slots=True)
class Facets:
    """GET /api/v1/tasks/facets and /api/v1/tasks/fields

    Asks     see offers.FACETS; `from` included, `to` excluded, both of the task's birth
    Answers  {"items": [{"key", "count"}], "total", "more", "scheduled", "histogram", "complete", "watermark"}
             by=state counts each state as if none had been asked for; tasks whose value is not known have no item;
             `scheduled` are those of its PENDING and RECEIVED that are due later: a part of them, not one more item
             `complete` is false when only those born in the last day, or hour, of the range could be counted in time
    Refuses  400 bad_question, 404 not_found for a cluster that is not the caller's, 429 over_budget, 504 too_slow
    """

    desk: Desk

    async def get(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.FACETS) as taken:
            since_ms, until_ms = born_between(taken.ask, taken.now_s)
            search = await searched(taken, since_ms, until_ms)
            rows, along, complete = await _counted(taken, search, since_ms or await _first_ms(taken), until_ms)
            answer = {**_answer(rows, along, taken), "complete": complete, "watermark": taken.watermark}
            return json_response(answer)

    async def fields(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.FIELDS) as taken:
            items = [field.item() for field in FIELDS.values()]
            return json_response({"items": items, "watermark": taken.watermark})


async def _first_ms(taken: Taken) -> int | None:
    """When the oldest task was born, or now when there is none; None when that alone took too long."""
    try:
        rows = await taken.asking.ask(FIRST, {}, share=0.2)
    except (TooSlow, OverBudget):
        return None
    return int(rows[0]["first_ms"]) if rows else int(taken.now_s * 1000)


async def _counted(
    taken: Taken, search: Search, since_ms: int | None, until_ms: int
) -> tuple[list[Row], Stretches, bool]:
    """Rows, the stretches they are counted by, and whether they are of the whole range."""
    edge_ms = min(until_ms, int(taken.now_s * 1000))
    *tried, last_ms = narrower(since_ms, edge_ms)
    for begin_ms in tried:
        along = stretches(begin_ms, edge_ms, taken.ask.number("buckets"))
        with suppress(TooSlow, OverBudget):
            return await _ask(taken, search, (begin_ms, until_ms), along, share=0.6), along, begin_ms == since_ms
    along = stretches(last_ms, edge_ms, taken.ask.number("buckets"))
    return await _ask(taken, search, (last_ms, until_ms), along, share=1.0), along, last_ms == since_ms


async def _ask(taken: Taken, search: Search, born_ms: tuple[int, int], along: Stretches, *, share: float) -> list[Row]:
    ask, by = taken.ask, taken.ask.text("by")
    bound = Bound()
    marks = {
        "search": search.where(list(_rest(search.node, by)), bound),
        "fits": search.where(list(_states(search.node, by)), bound),
        "later": f"{DUE_LATER}{{now_ms:Int64}}",
    }
    values: dict[str, Any] = {
        **filters(ask),
        **bound.values,
        "by": by,
        "part": lowered(ask.text("prefix")) if by != "cluster" else "",
        "since_ms": born_ms[0],
        "until_ms": born_ms[1],
        "start_ms": along.start_ms,
        "step_ms": along.step_ms,
        "stretches": along.count,
        "now_ms": int(taken.now_s * 1000),
        "rows": CLUSTERS_MAX if by == "cluster" else max(ask.number("limit") + 1, along.count),
    }
    return await taken.asking.ask(FACETS.filled(marks), values, share=share)


def _is_state(term: Term) -> bool:
    return term.field.name == "state"


def _of_state(node: Node) -> bool:
    return any(isinstance(leaf, Term) and _is_state(leaf) for leaf in leaves(node))


def _rest(node: Node | None, by: str) -> Iterator[Node]:
    """What every counted task must match: by state, all but what was said of states."""
    for part in parts(node):
        if by != "state" or not _of_state(part):
            yield part
        elif left := without(part, _is_state):
            yield left


def _states(node: Node | None, by: str) -> Iterator[Node]:
    """What those of the total and the histogram must match besides."""
    if by == "state":
        yield from (part for part in parts(node) if _of_state(part))


def _answer(rows: list[Row], along: Stretches, taken: Taken) -> dict[str, Any]:
    ask = taken.ask
    found = [(_key(row["key"], taken), row["tasks"]) for row in rows if not row["whole"]]
    if ask.text("by") == "cluster":
        found = [one for one in found if lowered(ask.text("prefix")) in one[0]]
    times = {row["stretch"]: row for row in rows if row["whole"]}
    limit = ask.number("limit")
    return {
        "items": [{"key": key, "count": count} for key, count in found[:limit]],
        "total": sum(row["matching"] for row in times.values()),
        "more": len(found) > limit,
        "scheduled": sum(row["scheduled"] for row in times.values()) if ask.text("by") == "state" else None,
        "histogram": along.shown(times) if ask.number("buckets") else None,
    }


def _key(key: str, taken: Taken) -> str:
    return taken.slug(int(key)) if taken.ask.text("by") == "cluster" else key
