"""A page of tasks by how long they ran or waited; all of the range has to be read for it."""

from __future__ import annotations

from contextlib import suppress

from meadow.core.errors import OverBudget, TooSlow
from meadow.query.grammar.fields import RAN_S
from meadow.query.narrowing import narrower
from meadow.query.pages import Found, Wanted
from meadow.query.plan import question
from meadow.query.run import Asking, Row

LONGEST = question("tasks_longest")
SHARE = 0.6  # of the remaining time, so that there is some for another try
US_MAX = (1 << 63) - 1


async def longest(asking: Asking, wanted: Wanted, by: str) -> Found:
    """The longest first; by: runtime or wait. One that is not known comes last.

    When the range takes too long, its last day or hour is read, as the only page and not complete; nothing of it when even
    that does.
    """
    for since_ms in narrower(wanted.since_ms, wanted.edge_ms):
        with suppress(TooSlow, OverBudget):
            rows = await _read(asking, wanted, since_ms, by)
            return _page(rows, wanted.limit, complete=since_ms == wanted.since_ms)
    return Found([], None, False)


async def _read(asking: Asking, wanted: Wanted, since_ms: int, by: str) -> list[Row]:
    below = wanted.cursor or (US_MAX, "", 0)
    values = {
        **wanted.values,
        "by": by,
        "since_ms": since_ms,
        "until_ms": wanted.until_ms,
        "below_us": below[0],
        "below_id": below[1],
        "below_cluster": below[2],
        "limit": wanted.limit + 1,
    }
    return await asking.ask(LONGEST.filled({"search": wanted.search, "ran": RAN_S}), values, share=SHARE)


def _page(rows: list[Row], limit: int, *, complete: bool) -> Found:
    more = len(rows) > limit and complete
    last = rows[limit - 1] if more else None
    place = (last["length_us"], last["task_id"], last["cluster_id"]) if last else None
    return Found(rows[:limit], place, complete)
