"""A page of tasks, read window by window until it is full, all is read, or the deadline passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meadow.core.errors import OverBudget, TooSlow
from meadow.query.cursors import Cursor
from meadow.query.plan import Question, question
from meadow.query.run import Asking, Row
from meadow.query.windows import backwards, forwards

NEWEST, OLDEST, FIRST = question("tasks_newest"), question("tasks_oldest"), question("tasks_first")


@dataclass(frozen=True, slots=True)
class Wanted:
    """since_ms included, until_ms excluded. edge_ms: where the first window begins that has no cursor.

    search: clauses for the mark `search`; values: of the filters and of the search.
    """

    since_ms: int
    until_ms: int
    edge_ms: int
    cursor: Cursor | None
    limit: int
    values: Mapping[str, Any]
    search: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """rows: at most `limit`. next: where the next page begins, None after the last. complete: no window was cut."""

    rows: list[Row]
    next: Cursor | None
    complete: bool


async def newest(asking: Asking, wanted: Wanted) -> Found:
    """The newest first."""
    place: Cursor = wanted.cursor or (wanted.until_ms, "", 0)
    rows: list[Row] = []
    edge_ms = min(wanted.edge_ms, int(place[0]))
    for since_ms in backwards(edge_ms, wanted.since_ms):
        values = {"since_ms": since_ms, **_named("below", place)}
        if not await _read(asking, NEWEST, wanted, values, rows):
            return _cut(rows, place, wanted.limit)
        if len(rows) > wanted.limit:
            break
        place = (since_ms, "", 0)
    return _page(rows, wanted.limit)


async def oldest(asking: Asking, wanted: Wanted) -> Found:
    """The oldest first; without a range from the oldest that is kept."""
    place: Cursor = wanted.cursor or (wanted.since_ms or await _first_ms(asking), "", 0)
    rows: list[Row] = []
    for until_ms in forwards(int(place[0]), wanted.until_ms):
        values = {"until_ms": until_ms, **_named("above", place)}
        if not await _read(asking, OLDEST, wanted, values, rows):
            return _cut(rows, place, wanted.limit)
        if len(rows) > wanted.limit:
            break
        place = (until_ms, "", 0)
    return _page(rows, wanted.limit)


async def _first_ms(asking: Asking) -> int:
    rows = await asking.ask(FIRST, {}, share=0.5)
    return int(rows[0]["first_ms"]) if rows else 0


async def _read(asking: Asking, asked: Question, wanted: Wanted, values: Mapping[str, Any], rows: list[Row]) -> bool:
    """Whether the window was read; its rows are added. One more than the page holds tells whether there is a next."""
    more = {**wanted.values, **values, "limit": wanted.limit + 1 - len(rows)}
    try:
        rows.extend(await asking.ask(asked.filled({"search": wanted.search}), more))
    except (TooSlow, OverBudget):
        return False
    return True


def _named(side: str, place: Cursor) -> dict[str, Any]:
    return {f"{side}_ms": place[0], f"{side}_id": place[1], f"{side}_cluster": place[2]}


def _page(rows: list[Row], limit: int) -> Found:
    more = len(rows) > limit
    return Found(rows[:limit], _place_of(rows[limit - 1]) if more else None, True)


def _cut(rows: list[Row], place: Cursor, limit: int) -> Found:
    """What was found in the windows before; the next page begins where reading stopped."""
    return Found(rows[:limit], place, False)


def _place_of(row: Row) -> Cursor:
    return round(row["anchor"].timestamp() * 1000), row["task_id"], row["cluster_id"]
