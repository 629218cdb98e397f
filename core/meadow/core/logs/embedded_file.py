"""What the embedded log does to its file. Blocking, and for one thread: EmbeddedLog calls it from its own."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from meadow.core.blocks import Block, Table
from meadow.core.errors import LogUnavailable
from meadow.core.log import Positions, Record
from meadow.core.logs.embedded_schema import FILE_NAME, lock_folder, open_database, refusals
from meadow.core.sqlite import transaction

OFFSET_BITS = 48
INSERT = "INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
SELECT = "SELECT id, appended_at, target, tenant_id, cluster_id, count, rows FROM blocks WHERE id >= ? AND id < ? ORDER BY id"
HEAD = "SELECT id, bytes_before, appended_at FROM blocks WHERE id >= ? AND id < ? ORDER BY id LIMIT 1"


@dataclass(frozen=True, slots=True)
class Place:
    """A point between two blocks of a partition. bytes: of all rows ever appended before it, so two places subtract."""

    offset: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Extent:
    """What is kept of a partition: from `oldest` up to `end`; equal when nothing is."""

    oldest: Place
    end: Place


@dataclass(frozen=True, slots=True)
class Head:
    """Where a block begins, and when it was appended (epoch seconds)."""

    place: Place
    appended_at: float


@dataclass(frozen=True, slots=True)
class Page:
    """What one reading found. positions: where to read on. missed: it began before the oldest that is kept."""

    records: Sequence[Record]
    positions: Positions
    missed: bool


class BlockFile:
    """extents and places are replaced as a whole once a change is on disk, so any thread may look at them.

    extents  by partition.
    places   by group that has joined, and partition: up to where it has committed. What lies behind one is not deleted.
    All methods raise LogUnavailable when the disk or the file will not do; then nothing has changed.
    """

    extents: Mapping[int, Extent]
    places: Mapping[str, Mapping[int, Place]]

    def __init__(self, folder: Path, partitions: int, groups: Sequence[str], now_s: Callable[[], float]) -> None:
        self._path = folder / FILE_NAME
        self._now_s = now_s
        self._lock = lock_folder(folder)
        try:
            self._database = open_database(folder, partitions)
        except BaseException:
            os.close(self._lock)
            raise
        try:
            self._load(groups)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Gives file and folder free."""
        try:
            self._database.close()
        finally:
            os.close(self._lock)

    def append(self, blocks: Sequence[Block]) -> None:
        """All of them, synced to disk, or none."""
        extents = dict(self.extents)
        at = self._now_s()
        with self._transaction():
            for block in blocks:
                end = extents[block.partition].end
                self._insert(block, end, at)
                after = Place(end.offset + 1, end.bytes + len(block.rows))
                extents[block.partition] = Extent(extents[block.partition].oldest, after)
            ends = [(extents[p].end.offset, extents[p].end.bytes, p) for p in {block.partition for block in blocks}]
            self._database.executemany("UPDATE ends SET offset = ?, bytes = ? WHERE partition = ?", ends)
        self.extents = extents

    def _insert(self, block: Block, end: Place, at: float) -> None:
        key = _key(block.partition, end.offset)
        target = (str(block.table), block.tenant_id, block.cluster_id)
        self._database.execute(INSERT, (key, end.bytes, at, *target, block.count, block.rows))

    def read(self, positions: Positions, *, rows_max: int, bytes_max: int) -> Page:
        """Whole blocks, at least one if there is any, one of each partition in turn until a bound is reached."""
        starts = {p: max(offset, self.extents[p].oldest.offset) for p, offset in positions.items()}
        with refusals(self._path):
            records = self._take_turns(starts, rows_max, bytes_max)
        records.sort(key=lambda record: (record.partition, record.offset))
        ends = {record.partition: record.offset + 1 for record in records}
        return Page(records, {**starts, **ends}, missed=starts != dict(positions))

    def _take_turns(self, starts: Positions, rows_max: int, bytes_max: int) -> list[Record]:
        records: list[Record] = []
        turns = [self._records(p, offset) for p, offset in starts.items() if offset < self.extents[p].end.offset]
        rows = size = 0
        while turns and (not records or (rows < rows_max and size < bytes_max)):
            turn = turns.pop(0)
            if (record := next(turn, None)) is None:
                continue
            turns.append(turn)
            records.append(record)
            rows, size = rows + record.block.count, size + len(record.block.rows)
        return records

    def _records(self, partition: int, offset: int) -> Iterator[Record]:
        for row in self._database.execute(SELECT, (_key(partition, offset), _key(partition + 1, 0))):
            yield _record(row)

    def commit(self, group: str, positions: Positions) -> None:
        """Moves the group forward, synced to disk. Raises ValueError for a position beyond the end."""
        places = dict(self.places[group])
        for partition, offset in positions.items():
            if offset > self.extents[partition].end.offset:
                raise ValueError(f"position {offset} of partition {partition} is beyond its end")
            if offset > places[partition].offset:
                places[partition] = self._place(partition, offset)
        moved = [(group, p, place.offset) for p, place in places.items() if place != self.places[group][p]]
        if moved:
            with self._transaction():
                self._database.executemany("INSERT OR REPLACE INTO positions VALUES (?, ?, ?)", moved)
            self.places = {**self.places, group: places}

    def join(self, group: str) -> None:
        """From now on nothing is deleted that the group has not committed; a new one starts from the oldest kept."""
        with refusals(self._path):
            rows = self._database.execute("SELECT partition, offset FROM positions WHERE reader_group = ?", (group,))
            saved = dict(rows.fetchall())
            places = {p: self._place(p, saved.get(p, 0)) for p in self.extents}
        self.places = {**self.places, group: places}

    def leave(self, group: str) -> None:
        """The opposite; what it has committed stays known for its return."""
        self.places = {name: places for name, places in self.places.items() if name != group}

    def floor(self, partition: int) -> int:
        """Up to where every group that has joined has committed."""
        end = self.extents[partition].end.offset
        return min((places[partition].offset for places in self.places.values()), default=end)

    def unread_bytes(self) -> int:
        """Not committed by the slowest group that has joined."""
        committed, extents = self.places, self.extents  # in this order: a place is never beyond an end read after it
        unread = (sum(e.end.bytes - places[p].bytes for p, e in extents.items()) for places in committed.values())
        return max(unread, default=0)

    def behind(self, positions: Positions) -> bool:
        """Whether there is anything to read from there on."""
        return any(extent.end.offset > positions[p] for p, extent in self.extents.items())

    def kept_bytes(self) -> int:
        """Of rows, in all partitions."""
        return sum(extent.end.bytes - extent.oldest.bytes for extent in self.extents.values())

    def oldest_at(self, positions: Positions) -> float | None:
        """When the oldest block at or after these positions was appended; None without any."""
        heads = [self.head(partition, offset) for partition, offset in positions.items()]
        return min((head.appended_at for head in heads if head is not None), default=None)

    def head(self, partition: int, offset: int) -> Head | None:
        """The first block at or after that offset."""
        with refusals(self._path):
            ids = (_key(partition, offset), _key(partition + 1, 0))
            row = self._database.execute(HEAD, ids).fetchone()
        return None if row is None else Head(Place(_offset(row[0]), row[1]), row[2])

    def delete(self, oldest: Mapping[int, Place]) -> None:
        """Drops what lies before these places, by partition."""
        with self._transaction():
            for partition, place in oldest.items():
                ids = (_key(partition, 0), _key(partition, place.offset))
                self._database.execute("DELETE FROM blocks WHERE id >= ? AND id < ?", ids)
        self.extents = {p: Extent(oldest.get(p, extent.oldest), extent.end) for p, extent in self.extents.items()}

    def _place(self, partition: int, offset: int) -> Place:
        """That point, or the nearest one kept."""
        extent = self.extents[partition]
        if offset <= extent.oldest.offset:
            return extent.oldest
        head = self.head(partition, offset)
        return extent.end if head is None else head.place

    def _load(self, groups: Sequence[str]) -> None:
        self.extents, self.places = {}, {}
        with refusals(self._path):
            ends = self._database.execute("SELECT partition, offset, bytes FROM ends").fetchall()
            for partition, offset, size in ends:
                end = Place(offset, size)
                head = self.head(partition, 0)
                self.extents = {**self.extents, partition: Extent(end if head is None else head.place, end)}
        for group in groups:
            self.join(group)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with refusals(self._path), transaction(self._database):
            yield


def _key(partition: int, offset: int) -> int:
    return (partition << OFFSET_BITS) + offset


def _offset(key: int) -> int:
    return key & ((1 << OFFSET_BITS) - 1)


def _record(row: sqlite3.Row | tuple[int, float, str, int, int, int, bytes]) -> Record:
    key, appended_at, target, tenant_id, cluster_id, count, rows = row
    partition = key >> OFFSET_BITS
    if target not in set(Table):
        raise LogUnavailable(f"The log holds rows for the table {target}, appended by a newer Meadow: run that one.")
    return Record(
        partition, _offset(key), appended_at, Block(Table(target), tenant_id, cluster_id, partition, rows, count)
    )
