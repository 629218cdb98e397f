"""The writer: follows the log, folds what it takes, shows it, keeps it, then commits: in that order, for ever."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from meadow.core.blocks import partition_of
from meadow.core.errors import LogUnavailable, MeadowError, PositionLost
from meadow.core.log import CommitRefused, Follower, Lag, Log, Record, Span
from meadow.core.store import Store
from meadow.ingest.folding.fold_rows import CLUSTER, TASK, TENANT, Row
from meadow.ingest.folding.gathered import Gathered
from meadow.ingest.folding.known import Known
from meadow.ingest.folding.late import LookUps
from meadow.ingest.folding.memory import Memory
from meadow.ingest.folding.shelf import StoreShelf
from meadow.ingest.writer_settings import RETRY_AFTER_S, WriterSettings

log = logging.getLogger(__name__)

GROUP = "writer"
LAG_EVERY_S = 1.0
REFUSED_IN_A_ROW_MAX = 3  # commits; then everything is dropped and read again from the commit


@dataclass(slots=True)
class _Mend:
    """States to be joined, and who waits for it. taken: None until they are in memory."""

    states: Sequence[Row]
    done: asyncio.Future[list[Row]]
    taken: list[Row] | None = None


class Writer:
    """One of a group; a Service, and the Owner of its partitions.

    Promise   a block is committed after its rows are in the store, so a kill at any moment loses nothing; readers take one
              row per event and one live row per task.
    Away      while the store or the log is away nothing more is taken than the bounds of `gathered.py`: the log waits.
    Refused   a row the store will never take becomes a dead letter; the rest of its block goes on.
    Late      tasks beyond a tenant's look-ups keep the row they have until the audit joins what they wait with; counted
              as `too_late`. Their events are stored like all others.
    Fault     whatever else goes wrong is counted and logged; everything not committed is dropped and read again.
    """

    name = "writer"

    def __init__(
        self,
        log: Log,
        store: Store,
        settings: WriterSettings | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings or WriterSettings()
        self.partitions = log.partitions
        self._log = log
        self._gathered = self._gather(store, now_s)
        self._follower: Follower | None = None
        self._taken: deque[Record] = deque()
        self._mends: list[_Mend] = []
        self._lag, self._lag_at_s = Lag(0, 0.0), 0.0
        self._shown_at_s = self._kept_at_s = time.monotonic()
        self._refused_in_a_row = 0
        self._paused = False
        self._counts = dict.fromkeys(("records", "rows", "commits", "commits_refused", "retries", "faults"), 0)
        self._problem = ""

    def _gather(self, store: Store, now_s: Callable[[], float]) -> Gathered:
        settings = self.settings
        return Gathered(
            shelf=StoreShelf(store),
            known=Known(),
            memory=Memory(settings.tasks_held_max, settings.memory_bytes_max),
            look_ups=LookUps(settings.look_ups_per_s, settings.look_ups_burst, time.monotonic),
            now_s=now_s,
            partitions=self.partitions,
            epoch=settings.epoch,
        )

    @property
    def lag(self) -> Lag:
        """As of the last second."""
        return self._lag

    @property
    def counts(self) -> Mapping[str, int]:
        """Since the start: records and rows taken, commits, what was refused, retried or went wrong, `too_late`,
        `tasks_refused`, `dead:{reason}`; `tasks_held` is as of now."""
        gathered = self._gathered
        dead = {f"dead:{reason}": n for reason, n in gathered.dead.items()}
        late, held = sum(gathered.drops.values()), len(gathered.memory)
        more = {"too_late": late, "tasks_refused": gathered.tasks_refused, "tasks_held": held}
        return {**self._counts, **more, **dead}

    @property
    def problem(self) -> str:
        """One sentence while it cannot go on; "" when all is well."""
        return self._problem

    @property
    def healthy(self) -> bool:
        """Whether it follows the log and its last step succeeded."""
        return self._follower is not None and not self._problem

    @property
    def partitions_held(self) -> int:
        """How many are this writer's to read; none while there are others enough."""
        return len(self._gathered.position)

    def owned(self) -> set[int]:
        """Partitions of which this writer shows rows now."""
        return self._gathered.owned()

    async def mend(self, states: Sequence[Row]) -> list[Row]:
        """Joins states known from elsewhere into their tasks' rows; answers, once that is committed, those it had: what is of
        another writer's partition, or was taken from this one meanwhile, is not among them."""
        mend = _Mend(states, asyncio.get_running_loop().create_future())
        self._mends.append(mend)
        return await mend.done

    async def start(self) -> None:
        """Raises what `Log.follow` does."""
        await self._follow()

    async def run(self) -> None:
        """Until cancelled."""
        wait_s = RETRY_AFTER_S
        while True:
            try:
                await self._step()
                wait_s, self._problem = RETRY_AFTER_S, ""
                continue
            except CommitRefused:
                await self._on_refused()
            except PositionLost as problem:
                self._note(problem)
                await self._reopen()
            except MeadowError as problem:
                self._note(problem)
            except Exception:
                log.exception("the writer reads again from the last commit")
                self._counts["faults"] += 1
                self._problem = "The writer met a fault and reads again from the last commit."
                await self._reopen()
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, self.settings.retry_after_max_s)

    async def stop(self) -> None:
        """Keeps and commits what was taken, within stop_within_s, and gives the partitions back."""
        with suppress(MeadowError, CommitRefused, TimeoutError):
            async with asyncio.timeout(self.settings.stop_within_s):
                if self._follower is not None and not self._paused:
                    await self._keep(self._follower)
        await self._leave()

    async def assigned(self, partitions: Mapping[int, Span]) -> None:
        """Owner: reads on from the commit, with empty hands; goes on with what it kept."""
        self._paused = False
        if partitions:
            self._drop(partitions)
            self._gathered.assign(partitions)

    async def paused(self) -> None:
        """Owner: keeps and commits what it can within stop_within_s, so that whoever is next begins behind it."""
        with suppress(MeadowError, CommitRefused, TimeoutError):
            async with asyncio.timeout(self.settings.stop_within_s):
                if self._follower is not None and self._gathered.keepable().records:
                    await self._keep(self._follower)
        self._paused = True

    async def revoked(self, partitions: Collection[int]) -> None:
        """Owner: another goes on from the commit."""
        self._drop(partitions)
        self._gathered.revoke(partitions)

    def _drop(self, partitions: Collection[int]) -> None:
        self._taken = deque(record for record in self._taken if record.partition not in partitions)
        self._give_up_mends()

    async def _step(self) -> None:
        follower = self._follower or await self._follow()
        away = await self._take(follower)
        if not self._paused:
            await self._write(follower)
        if away is not None:
            raise away

    async def _write(self, follower: Follower) -> None:
        await self._fold()
        if self._keep_due():
            await self._keep(follower)
        elif self._show_due():
            await self._gathered.show()
            self._shown_at_s = time.monotonic()

    async def _take(self, follower: Follower) -> LogUnavailable | None:
        """What the log says while it gives nothing; what was taken before is shown and kept all the same. How far it is
        behind is asked here, for a store that is away lets no step come to its end."""
        try:
            if time.monotonic() - self._lag_at_s > LAG_EVERY_S:
                self._lag, self._lag_at_s = await follower.lag(), time.monotonic()
            if not self._taken:
                records = await follower.take(rows_max=self.settings.rows_taken_max, wait_s=self._wait_s())
                self._taken.extend(records)
        except LogUnavailable as away:
            return away
        return None

    async def _fold(self) -> None:
        while self._taken and self._gathered.room(self._taken[0].partition):
            await self._gathered.take(self._taken[0])
            block = self._taken.popleft().block
            self._counts["records"] += 1
            self._counts["rows"] += block.count
            if self._keep_due() or self._show_due():
                return

    def _wait_s(self) -> float:
        """Until something is due; what comes meanwhile ends the wait."""
        now_s, settings = time.monotonic(), self.settings
        show_s = self._shown_at_s + settings.show_every_s - now_s
        return max(0.01, show_s) if self._gathered.touched and not self._paused else settings.show_every_s

    def _keep_due(self) -> bool:
        if self._mends or (self._taken and not self._gathered.room(self._taken[0].partition)):
            return True
        since = self._gathered.keepable()
        late = time.monotonic() - self._kept_at_s > self.settings.keep_every_s
        return since.records > 0 and (late or since.size > self.settings.bytes_kept_max)

    def _show_due(self) -> bool:
        rows = self._gathered.showable()
        late = time.monotonic() - self._shown_at_s > self.settings.show_every_s
        return rows > self.settings.rows_shown_max or (late and rows > 0)

    async def _keep(self, follower: Follower) -> None:
        for mend in self._mends:
            if mend.taken is None:
                mend.taken = self._gathered.mend(mend.states)
        waiting, self._kept_at_s = list(self._mends), time.monotonic()
        positions = await self._gathered.keep()
        await follower.commit(positions)
        self._shown_at_s = self._kept_at_s = time.monotonic()  # its end: else a slow keep is due again after one record
        self._counts["commits"] += 1
        self._refused_in_a_row = 0
        self._answer(waiting, positions)
        await self._gathered.committed(positions)

    def _answer(self, mends: Sequence[_Mend], committed: Collection[int]) -> None:
        for mend in mends:
            if not mend.done.done():
                mend.done.set_result([row for row in mend.taken or () if self._partition(row) in committed])
        self._mends = [mend for mend in self._mends if mend not in mends]

    def _partition(self, row: Row) -> int:
        return partition_of(row[TENANT], row[CLUSTER], row[TASK], self.partitions)

    def _give_up_mends(self) -> None:
        for mend in self._mends:
            mend.taken = []
        self._answer(list(self._mends), ())

    async def _on_refused(self) -> None:
        """A rebalance is on its way, and the next take says what was lost; if none comes, this reader starts anew."""
        self._counts["commits_refused"] += 1
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= REFUSED_IN_A_ROW_MAX:
            self._refused_in_a_row = 0
            await self._reopen()

    def _note(self, problem: MeadowError) -> None:
        self._counts["retries"] += 1
        if self._problem != str(problem):
            log.warning("the writer waits: %s", problem)
        self._problem = str(problem)

    async def _follow(self) -> Follower:
        self._follower = await self._log.follow(GROUP, self)
        return self._follower

    async def _reopen(self) -> None:
        await self._leave()
        self._paused = False
        self._taken.clear()
        self._gathered.revoke(list(self._gathered.position))

    async def _leave(self) -> None:
        self._give_up_mends()
        follower, self._follower = self._follower, None
        if follower is not None:
            with suppress(MeadowError):
                await follower.close()
