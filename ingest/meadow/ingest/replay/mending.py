"""Brings what a replay folded into the rows of `tasks`, by the hands of the writers and never past them.

Only the writer that owns a task's partition writes its row: it alone knows what it has in memory, and gives each row a
version that says how much. So a state that knows something its task's live row does not is put into `late_tasks`, where
every look-up of a writer reads it and the audit beside the writer joins it. From there on:

Safe     joining is idempotent, and a state is never written as it is: at no moment a row knows less than one before it. A
         state's version is 0, which no record of the log has, so it raises no row's version and replaces nothing a writer
         put aside; a writer that has lost its partition unknowingly may join it, and cannot commit, so it waits on.
Partial  a state need not be folded from all events of its task: a part joined is a part known, and the rest follows.
Killed   at any moment, nothing is half done: what was put aside waits for the next writer.
Sure     after the writers have joined, the rows are compared again, and what still knows less is put aside again.
Blind    a row that says more than its events do is left: events are kept for fewer days than tasks. To begin anew, stop the
         writers, truncate `tasks`, `task_ids` and `late_tasks`, start the writers, and replay.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from meadow.core.errors import StoreUnavailable
from meadow.core.store import Store
from meadow.ingest.folding import fold
from meadow.ingest.folding.fold_join import join
from meadow.ingest.folding.fold_rows import ANCHOR, MOVED, TASK, VERSION, Row, new, restore, text_bytes
from meadow.ingest.folding.pace import paced
from meadow.ingest.folding.shelf import StoreShelf
from meadow.ingest.folding.shelf import sql as writers_sql
from meadow.ingest.replay.lane import LIMITS, Lane
from meadow.ingest.replay.pages import sql

TRIES = 3
AT_ONCE = 200  # about 10 ms
TEXT_BYTES_MAX = 64_000_000
LOOK_AGAIN_S, LOOK_AGAIN_MAX_S = 0.05, 2.0

Scope = tuple[int, int]  # tenant, cluster


@dataclass(slots=True)
class Mending:
    """States on their way into rows. oldest_s: rows that begin before this are kept no longer, and left."""

    store: Store
    lane: Lane
    oldest_s: float
    _states: dict[Scope, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    _bytes: int = 0

    async def fold(self, scope: Scope, events: Iterable[Mapping[str, object]]) -> None:
        """Takes events of tasks, in any order and any number of times; brings states in when they are many."""
        async for part in paced(list(events), AT_ONCE):
            states = self._states[scope]
            for event in part:
                task = str(event["task_id"])
                if task not in states:
                    states[task] = new(*scope, task)
                before = text_bytes(states[task])
                fold.apply(states[task], event)
                self._bytes += text_bytes(states[task]) - before
            if self._bytes > TEXT_BYTES_MAX or sum(map(len, self._states.values())) >= self.lane.settings.tasks_max:
                await self.bring()

    async def bring(self) -> None:
        """Returns when every state taken is in its row. Raises StoreUnavailable when no writer joins, and what the store
        does."""
        taken, self._states, self._bytes = self._states, defaultdict(dict), 0
        for scope, states in taken.items():
            await self._bring(scope, [row for row in states.values() if row[ANCHOR] >= self.oldest_s])
            self.lane.found("tasks_compared", len(states))

    async def _bring(self, scope: Scope, states: Sequence[Row]) -> None:
        for state in states:
            state[MOVED] = []  # keys on the way, never written under
        poorer = first = await self._poorer(scope, states)
        for _ in range(TRIES):
            if not poorer:
                break
            await self._put_aside(scope, poorer)
            poorer = await self._poorer(scope, poorer)
        self.lane.found("tasks_mended", len(first) - len(poorer))
        self.lane.found("tasks_left", len(poorer))

    async def _put_aside(self, scope: Scope, states: Sequence[Row]) -> None:
        async for part in paced(states, self.lane.settings.aside_max):
            await StoreShelf(self.store).insert_late(part)
            await self._joined(scope, [row[TASK] for row in part])

    async def _poorer(self, scope: Scope, states: Sequence[Row]) -> list[Row]:
        """States of which the live row does not know all, or of which there is not one live row."""
        live = await self._live(scope, states)
        return [
            state async for part in paced(states, AT_ONCE) for state in part if not _knows(live[state[TASK]], state)
        ]

    async def _live(self, scope: Scope, states: Sequence[Row]) -> Mapping[str, list[Row]]:
        """By task. Also found without a name, where the state begins."""
        rows: defaultdict[str, list[Row]] = defaultdict(list)
        if not states:
            return rows
        asked = {"tenant": scope[0], "cluster": scope[1], "tasks": [row[TASK] for row in states]}
        named = set((await self.store.ask(writers_sql("anchors"), asked, LIMITS)).rows)
        begun = {round(row[ANCHOR] * 1000) for row in states}
        anchors = sorted(begun | {ms for _, ms in named})
        for stored in (await self.store.ask(sql("live_rows"), {**asked, "anchors_ms": anchors}, LIMITS)).rows:
            row = restore(stored)
            rows[row[TASK]].append(row)
        return rows

    async def _joined(self, scope: Scope, tasks: Sequence[str]) -> None:
        """Until nothing that a replay put aside of these tasks waits any more."""
        asked = {"tenant": scope[0], "cluster": scope[1], "tasks": list(tasks)}
        least, wait_s, since_s = len(tasks) + 1, LOOK_AGAIN_S, time.monotonic()
        while waiting := (await self.store.ask(sql("waiting"), asked, LIMITS)).rows[0][0]:
            if waiting < least:
                least, since_s = waiting, time.monotonic()
            elif time.monotonic() - since_s > self.lane.settings.patience_s:
                raise StoreUnavailable(
                    f"No writer has joined anything for {self.lane.settings.patience_s:.0f} s: is one running? "
                    f"{waiting} tasks wait in late_tasks, safe, and are joined once one runs."
                )
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LOOK_AGAIN_MAX_S)


def _knows(live: Sequence[Row], state: Row) -> bool:
    """Whether there is exactly one row, and joining the state would change nothing a reader sees."""
    if len(live) != 1:
        return False
    joined = live[0].copy()
    join(joined, state)
    joined[MOVED], joined[VERSION] = live[0][MOVED], live[0][VERSION]
    return joined == live[0]


async def oldest_kept_s(store: Store, now_s: float) -> float:
    """Where the days end for which the store keeps tasks; 0 when it does not say."""
    answer = await store.ask(sql("task_days"), {})
    days = answer.rows[0][0] if answer.rows else 0
    return now_s - days * 86_400 if days else 0.0
