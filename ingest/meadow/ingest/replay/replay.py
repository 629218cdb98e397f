"""Replays one of three things: the tasks from the events, the store from the log, or the dead letters."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum

from meadow.core.log import Log
from meadow.core.store import Store
from meadow.ingest.replay.from_events import FromEvents
from meadow.ingest.replay.from_letters import FromLetters
from meadow.ingest.replay.from_log import FromLog
from meadow.ingest.replay.lane import Lane, Reach
from meadow.ingest.replay.mending import Mending, oldest_kept_s


class What(StrEnum):
    """EVENTS: rows of `tasks` and `task_ids` from `events`. LOG: all of these from the log. DEAD_LETTERS: fed again."""

    EVENTS = "events"
    LOG = "log"
    DEAD_LETTERS = "dead-letters"


async def replay(
    what: What,
    store: Store,
    log: Log,
    reach: Reach,
    lane: Lane,
    now_s: Callable[[], float] = time.time,
    *,
    everywhere: Store | None = None,
) -> None:
    """Returns when all of the reach is done; `lane.report` says what was found. Twice is as once.

    Beside writers that run it is safe at any time, and needs one to end: see `mending.py`. With several shards, `store` is
    one shard's, with its local tables, and each needs a replay of its own; `everywhere` sees the tables of all. Cancelled or
    failed at any moment, nothing is half done, and `lane.report.resume_s` says where to go on. Raises StoreUnavailable,
    LogUnavailable, TooSlow, OverBudget.
    """
    mending = Mending(store, lane, await oldest_kept_s(store, now_s()))
    if what is What.EVENTS:
        await FromEvents(store, lane, mending).run(reach)
    elif what is What.LOG:
        await FromLog(log, store, lane, mending, now_s).run(reach)
    else:
        await FromLetters(log, store, everywhere or store, lane, mending).run(reach)
