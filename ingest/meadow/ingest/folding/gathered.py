"""What one writer has taken from the log and not yet committed: folded, shown and kept in the order that loses nothing.

take     one record into memory. A task not in memory begins at the bottom; unless the filter proves that no committed event
         of it exists, it is doubtful: looked up and joined before its row is written.
show     one snapshot of each touched task, and a tombstone for every key it ever had, in one insert.
keep     show; then `task_ids`, then the blocks as they came. What it answers may be committed.
forget   only after the commit, and only if nothing is unshown, held or unnamed.

show and keep may fail anywhere and be called again, in whole or in part, by anyone, at any time: the version of a row is
`epoch << 48 | offset + 1` of the last block that touched it, whole blocks are folded in order, so equal versions mean equal
knowledge. A row or look-up is never about another partition, tenant or cluster than its key says.

Held: after an assignment nothing of a partition is shown before the end it had then, or the most a writer takes of one
partition between two commits, whichever is first. A predecessor that died had shown no more, so no row is written that knows
less than one of its. Every writer must have the same bounds.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from meadow.core.blocks import Block, Table, partition_of
from meadow.core.log import Record, Span
from meadow.ingest.counts import DeadReason, DropReason
from meadow.ingest.folding.fold_block import Into, decode, fold_block
from meadow.ingest.folding.fold_join import join, resume
from meadow.ingest.folding.fold_rows import ANCHOR, CLUSTER, MOVED, TASK, TENANT, VERSION, Row, tombstones
from meadow.ingest.folding.known import Known
from meadow.ingest.folding.late import LookUps
from meadow.ingest.folding.memory import Key, Memory, Rows, drop, rows
from meadow.ingest.folding.pace import paced
from meadow.ingest.folding.refusals import dead_letters
from meadow.ingest.folding.shelf import Name, Shelf

OFFSET_BITS = 48
LOOKED_UP_AT_ONCE = 10_000  # larger is cheaper: 0.4 ms an id, 2.4 ms by the thousand, when they are 30 days apart
JOINED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most taken of one partition between two commits; what `held` stands on. The last record may exceed bytes_max."""

    records_max: int = 4_096
    bytes_max: int = 4_000_000


@dataclass(slots=True)
class Since:
    """Taken of one partition, or several, since its commit."""

    records: int = 0
    size: int = 0


@dataclass(slots=True)
class Gathered:
    """One writer's. Its coroutines are called one at a time."""

    shelf: Shelf
    known: Known
    memory: Memory
    look_ups: LookUps
    now_s: Callable[[], float]  # wall clock, for dead letters
    partitions: int
    epoch: int = 0
    bounds: Bounds = field(default_factory=Bounds)
    position: dict[int, int] = field(default_factory=dict)  # partition -> version of the last record taken
    hold: dict[int, int] = field(default_factory=dict)  # partition -> version to be reached
    since: defaultdict[int, Since] = field(default_factory=lambda: defaultdict(Since))
    touched: Rows = field(default_factory=rows)
    fresh: Rows = field(default_factory=rows)
    doubtful: Rows = field(default_factory=rows)
    mending: defaultdict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    born: dict[int, dict[tuple[Key, str], Name]] = field(default_factory=lambda: defaultdict(dict))
    waiting: dict[int, list[Block]] = field(default_factory=lambda: defaultdict(list))
    dead: Counter[DeadReason] = field(default_factory=Counter)
    drops: Counter[DropReason] = field(default_factory=Counter)
    tasks_refused: int = 0
    _known_as_of_assignment: bool = False

    def assign(self, spans: Mapping[int, Span]) -> None:
        """The committed positions are read before the filter is: it then knows every task with a committed event."""
        self.revoke(spans)
        for partition, span in spans.items():
            self.position[partition] = self._version(span.committed)
            self.hold[partition] = self._version(span.end)
        self._known_as_of_assignment = False

    def revoke(self, partitions: Collection[int]) -> None:
        """Writes nothing. Dropping the memory is not optional: others go on from the commit."""
        self.memory.drop(partitions)
        drop(partitions, self.touched, self.fresh, self.doubtful, self.mending)
        for partition in partitions:
            for waiting in (self.position, self.hold, self.since, self.born, self.waiting):
                waiting.pop(partition, None)

    def _version(self, next_offset: int) -> int:
        return self.epoch << OFFSET_BITS | next_offset

    def room(self, partition: int) -> bool:
        """Whether one more record may be taken before a commit."""
        since = self.since[partition]
        return since.records < self.bounds.records_max and since.size < self.bounds.bytes_max

    def held(self, partition: int) -> bool:
        """Whether a dead predecessor may have shown more than was taken again."""
        end = self.hold.get(partition)
        return end is not None and self.position[partition] < end and self.room(partition)

    def owned(self) -> set[int]:
        """Partitions of which rows may be shown."""
        return {partition for partition in self.position if not self.held(partition)}

    def showable(self) -> int:
        """How many tasks changed since they were shown, and may be."""
        return sum(len(states) for key, states in self.touched.items() if not self.held(key.partition))

    def keepable(self) -> Since:
        """What a keep would make ready to be committed: all that was taken of partitions that are not held."""
        taken = [since for partition, since in self.since.items() if not self.held(partition)]
        return Since(sum(since.records for since in taken), sum(since.size for since in taken))

    async def take(self, record: Record) -> None:
        """All of it or, when cancelled or the store is away, nothing of it."""
        if not self._known_as_of_assignment:
            self._learn(await self.shelf.known())
            self._known_as_of_assignment = True
        block, version = replace(record.block, partition=record.partition), self._version(record.offset + 1)
        if block.table is Table.EVENTS:
            block = await self._fold(block, version)
        since = self.since[record.partition]
        since.records, since.size = since.records + 1, since.size + len(record.block.rows)
        if block.count:
            self.waiting[record.partition].append(block)
        self.position[record.partition] = version

    async def _fold(self, block: Block, version: int) -> Block:
        decoded = decode(block.rows)
        await asyncio.sleep(0)  # the last breath: a block is folded whole
        key = Key(block.partition, block.tenant_id, block.cluster_id)
        hot, warm = self.memory.hot[key], self.memory.warm[key]
        into = Into(hot, warm, self.touched[key], self.fresh[key])
        doubtful = self.doubtful[key]
        for task in fold_block(key.tenant, key.cluster, decoded.events, version, into):
            if self.known.seen(task):
                doubtful[task] = hot[task]
        self.memory.bytes_folded += len(block.rows)
        if decoded.refused:
            self._bury(block, list(decoded.refused), DeadReason.MALFORMED, "Not a row of events.")
        return replace(block, rows=decoded.rows, count=len(decoded.events))

    def _bury(self, block: Block, lines: list[bytes], reason: DeadReason, detail: str) -> None:
        self.dead[reason] += len(lines)
        self.waiting[block.partition].append(dead_letters(block, lines, reason, detail, self.now_s()))

    def _learn(self, table: bytes) -> None:
        self.known.load(table)
        for generation in (self.memory.hot, self.memory.warm):
            for states in generation.values():
                for task in states:
                    self.known.seen(task)

    async def show(self) -> None:
        """Rows of all owned partitions that are not held."""
        keys = [key for key in self.touched if not self.held(key.partition)]
        out: list[Row] = []
        for key in keys:
            await self._leave_late(key)
            await self._look_up(key)
            out += self._snapshots(key)
        if out:
            self.tasks_refused += await self.shelf.insert_tasks(out)
        for key in keys:
            del self.touched[key], self.fresh[key]
            self.mending.pop(key, None)

    async def _leave_late(self, key: Key) -> None:
        """What is beyond the tenant's look-ups is put aside unshown, then forgotten. Every look-up reads what was put aside
        as well, so a row that is shown never knows less than its version says."""
        doubtful = self.doubtful[key]
        asked = [task for task in doubtful if task not in self.mending[key]]
        late = asked[self.look_ups.take(key.tenant, len(asked)) :]
        await self.shelf.insert_late([doubtful[task] for task in late])
        for task in late:
            for states in (doubtful, self.touched[key], self.fresh[key], self.memory.hot[key], self.memory.warm[key]):
                states.pop(task, None)
        self.drops[DropReason.TOO_OLD] += len(late)

    async def _look_up(self, key: Key) -> None:
        doubtful = self.doubtful[key]
        async for tasks in paced(list(doubtful), LOOKED_UP_AT_ONCE):
            found = await self.shelf.look_up(key.tenant, key.cluster, tasks)
            async for stored in paced(await _joined(found), JOINED_AT_ONCE):
                for row in stored:
                    bring = resume if row[TASK] in self.fresh[key] else join  # one that is mended may have been shown
                    bring(doubtful[row[TASK]], row)
            for task in tasks:
                del doubtful[task]
        del self.doubtful[key]

    def _snapshots(self, key: Key) -> list[Row]:
        """New keys are named, and those of mended rows, whatever the store has lost. A task may have had several keys between
        two keeps; the tombstones of the last lead to them."""
        touched, born = self.touched[key], self.born[key.partition]
        moved = [row for row in touched.values() if row[MOVED]]
        mended = [touched[task] for task in self.mending.get(key, ())]
        for row in (*self.fresh[key].values(), *moved, *mended):
            born[key, row[TASK]] = Name(key.tenant, row[TASK], row[ANCHOR], key.cluster)
        return [*touched.values(), *(dead for row in moved for dead in tombstones(row))]

    async def keep(self) -> dict[int, int]:
        """Answers the offsets that may be committed now."""
        await self.show()
        done = self.owned()
        await self.shelf.insert_names([name for partition in done for name in self.born[partition].values()])
        for table in (Table.EVENTS, Table.WORKERS, Table.DEAD_LETTERS):
            await self._keep_blocks(done, table)
        for partition in done:
            self.born.pop(partition, None)
            self.waiting.pop(partition, None)
        return {partition: self.position[partition] & (1 << OFFSET_BITS) - 1 for partition in done}

    async def _keep_blocks(self, partitions: Iterable[int], table: Table) -> None:
        """Rows that are refused become dead letters, which come last."""
        blocks = [block for partition in partitions for block in self.waiting[partition] if block.table is table]
        refused = await self.shelf.insert_blocks(table, blocks)
        for partition in partitions:
            self.waiting[partition] = [block for block in self.waiting[partition] if block.table is not table]
        for one in refused:
            if table is Table.DEAD_LETTERS:
                self.dead[DeadReason.STORE_REFUSED] += 1
            else:
                self._bury(one.block, [one.line], DeadReason.STORE_REFUSED, one.why)

    async def committed(self, positions: Mapping[int, int]) -> None:
        """After the log took them: makes room, and forgets what may be forgotten."""
        for partition in positions:
            self.since.pop(partition, None)
            self.hold.pop(partition, None)
        if self.hold or any(self.touched.values()) or any(self.born.values()):
            return
        if self.known.crowded:
            self._learn(await self.shelf.known())
        self.memory.forget()

    def mend(self, states: Iterable[Row]) -> list[Row]:
        """Joins what is known from elsewhere; the next show looks the tasks up and writes them. Answers the states it took:
        those of partitions that are owned, not held and read as far as the state knows. Who has read less has lost the
        partition without knowing, and its memory misses what lies between."""
        owned = self.owned()
        taken = []
        for state in states:
            partition = partition_of(state[TENANT], state[CLUSTER], state[TASK], self.partitions)
            if partition in owned and state[VERSION] <= self.position[partition]:
                self._mend(Key(partition, state[TENANT], state[CLUSTER]), state)
                taken.append(state)
        return taken

    def _mend(self, key: Key, state: Row) -> None:
        task, (hot, warm) = state[TASK], (self.memory.hot[key], self.memory.warm[key])
        row = hot.get(task) or warm.pop(task, None)
        if row is None:
            row = self.fresh[key][task] = state.copy()
            self.known.seen(task)
        else:
            join(row, state)
        self.doubtful[key][task] = row  # in memory or not: what is stored may be wrong under any version
        self.mending[key].add(task)
        row[VERSION] = max(row[VERSION], self.position[key.partition])
        hot[task] = self.touched[key][task] = row


async def _joined(found: list[Row]) -> list[Row]:
    stored: dict[str, Row] = {}
    async for part in paced(found, JOINED_AT_ONCE):
        for row in part:
            join(stored.setdefault(row[TASK], row), row)
    return list(stored.values())
