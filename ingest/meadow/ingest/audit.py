"""Compares the tasks with their events, slowly and for ever: what a lost look-up left poorer is folded again and counted."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from meadow.core.errors import MeadowError
from meadow.core.store import Store
from meadow.ingest.folding import fold
from meadow.ingest.folding.fold_rows import MOVED, Row, new
from meadow.ingest.folding.shelf import LIMITS, StoreShelf, sql
from meadow.ingest.writer import Writer

log = logging.getLogger(__name__)

LATE_AT_ONCE = 1_000  # each is looked up, about 0.5 ms, and nothing is shown meanwhile
FOLDED_AT_ONCE = 200  # about 10 ms
Scope = tuple[int, int]  # tenant, cluster


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """late_every_s   between two looks for tasks that were put aside; late_again_s: after one that found some.
    window_every_s    between two windows.
    settle_s          events taken later than this before now are left to the next window.
    reach_s           how far back the first window begins.
    skew_s            how far a sender's clock may be from Meadow's; events further off are not compared.
    near_s            how long before its events a task may have begun, to be found at the first look.
    differing_max     tasks mended of one window; the rest is mended when the window comes again, at once.
    """

    late_every_s: float = 15.0
    late_again_s: float = 1.0
    window_every_s: float = 300.0
    settle_s: float = 60.0
    reach_s: float = 3_600.0
    skew_s: float = 3_600.0
    near_s: float = 86_400.0
    differing_max: int = 5_000


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A task and what its row should at least come to, by the events of a window."""

    task: str
    rank: int
    seen: int


class Audit:
    """A Service beside one writer; looks only at that writer's partitions, and writes only through it.

    Promise   A row that comes to less than the events of a window say (a lower rank, or a kind of event it has not seen) is
              folded again from all its events and counted in `mended`. 0 in a healthy life.
    Late      What the writer put aside is joined here, each round up to LATE_AT_ONCE.
    Blind     A row that says more than its events do is left: events are kept for fewer days than tasks.
    """

    name = "audit"

    def __init__(
        self,
        store: Store,
        writer: Writer,
        settings: AuditSettings | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings or AuditSettings()
        self._store, self._writer, self._now_s = store, writer, now_s
        self._shelf = StoreShelf(store)
        self._since_s = now_s() - self.settings.reach_s
        self._counts = dict.fromkeys(("mended", "joined_late", "windows", "failures"), 0)

    @property
    def counts(self) -> Mapping[str, int]:
        """Since the start."""
        return self._counts

    @property
    def mended(self) -> int:
        """Rows that were poorer than their events and were folded again; anything but 0 is a fault that was made good."""
        return self._counts["mended"]

    async def start(self) -> None:
        """Nothing to be ready for."""

    async def run(self) -> None:
        """Until cancelled."""
        next_window_s = time.monotonic() + self.settings.window_every_s
        wait_s = self.settings.late_every_s
        while True:
            await asyncio.sleep(wait_s)
            wait_s = self.settings.late_every_s
            try:
                if await self.join_late():
                    wait_s = self.settings.late_again_s
                if time.monotonic() >= next_window_s:
                    await self.compare()
                    next_window_s = time.monotonic() + self.settings.window_every_s
            except MeadowError as problem:
                self._failed("the audit waits: %s", problem)
            except Exception:
                log.exception("the audit goes on with its next round")
                self._counts["failures"] += 1

    async def stop(self) -> None:
        """Nothing is held."""

    def _failed(self, text: str, problem: MeadowError) -> None:
        self._counts["failures"] += 1
        log.warning(text, problem)

    async def join_late(self) -> int:
        """Joins what waits, as far as this writer may; answers how many."""
        late = await self._shelf.late(self._writer.owned(), self._writer.partitions, LATE_AT_ONCE)
        joined = await self._writer.mend(late) if late else []
        if joined:
            await self._shelf.insert_late(joined, done=True)
        self._counts["joined_late"] += len(joined)
        return len(joined)

    async def compare(self) -> int:
        """One window, from where the last one ended; answers how many tasks were mended."""
        while await self.join_late():
            pass
        until_s = self._now_s() - self.settings.settle_s
        if until_s <= self._since_s:
            return 0
        short = await self._short(self._since_s, until_s)
        mended = 0
        for scope, shortfalls in short.items():
            mended += await self._mend(scope, await self._still_short(scope, shortfalls))
        if sum(map(len, short.values())) < self.settings.differing_max:
            self._since_s = until_s
        self._counts["windows"] += 1
        self._counts["mended"] += mended
        if mended:
            log.warning("%d tasks came to less than their events and were folded again", mended)
        return mended

    async def _short(self, since_s: float, until_s: float) -> Mapping[Scope, Sequence[Shortfall]]:
        settings = self.settings
        parameters = {
            "from_ms": int(since_s * 1000),
            "until_ms": int(until_s * 1000),
            "skew_ms": int(settings.skew_s * 1000),
            "near_ms": int((settings.near_s + settings.skew_s) * 1000),
            "partitions": self._writer.partitions,
            "owned": sorted(self._writer.owned()),
            "limit": settings.differing_max,
        }
        found = defaultdict(list)
        for tenant, cluster, *short in (await self._store.ask(sql("differing"), parameters, LIMITS)).rows:
            found[tenant, cluster].append(Shortfall(*short))
        return found

    async def _still_short(self, scope: Scope, short: Sequence[Shortfall]) -> list[str]:
        """Asks again by key, for rows that begin far before the window."""
        tasks = [one.task for one in short]
        answer = await self._store.ask(sql("live"), self._of(scope, tasks), LIMITS)
        live = {task: (rank, seen) for task, rank, seen in answer.rows}
        return [one.task for one in short if _less(live.get(one.task, (0, 0)), one)]

    async def _mend(self, scope: Scope, tasks: Sequence[str]) -> int:
        if not tasks:
            return 0
        answer = await self._store.ask(sql("events_of"), self._of(scope, tasks), LIMITS)
        states = await self._fold(scope, answer.dicts())
        return len(await self._writer.mend(list(states.values())))

    async def _fold(self, scope: Scope, events: Sequence[Mapping[str, object]]) -> dict[str, Row]:
        states: dict[str, Row] = {}
        for number, event in enumerate(events):
            if number % FOLDED_AT_ONCE == 0:
                await asyncio.sleep(0)
            task = str(event["task_id"])
            fold.apply(states.setdefault(task, new(*scope, task)), event)
        for state in states.values():
            state[MOVED] = []  # keys on the way, never written under
        return states

    def _of(self, scope: Scope, tasks: Sequence[str]) -> dict[str, object]:
        return {"tenant": scope[0], "cluster": scope[1], "tasks": list(tasks)}


def _less(live: tuple[int, int], should: Shortfall) -> bool:
    rank, seen = live
    return should.rank > rank or seen & should.seen != should.seen
