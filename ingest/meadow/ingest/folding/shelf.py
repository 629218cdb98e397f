"""What the writer asks of the store and puts into it: its SQL, its tables, and what it does when rows are refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import NamedTuple, Protocol

import orjson

from meadow.core.blocks import Block, Table
from meadow.core.errors import StoreRefused
from meadow.core.store import Limits, Store
from meadow.ingest.folding.fold_rows import CLUSTER, COLUMNS, TASK, TENANT, VERSION, Row, restore
from meadow.ingest.folding.known import bits_for
from meadow.ingest.folding.pace import paced

LIMITS = Limits(deadline_s=120, rows_read_max=10**13, rows_answered_max=10**8, memory_bytes_max=2_000_000_000)
DUMPED_AT_ONCE = 4_000  # about 5 ms
INSERT_BYTES_MAX = 32_000_000

_INTO = {Table.EVENTS: "events", Table.WORKERS: "workers_in", Table.DEAD_LETTERS: "dead_letters"}
_NAME_COLUMNS = ("tenant_id", "task_id", "anchor", "cluster_id")
_LATE_COLUMNS = ("tenant_id", "cluster_id", "task_id", "version", "state", "is_deleted")


class Name(NamedTuple):
    """A key a task was written under, as `task_ids` has it."""

    tenant: int
    task: str
    anchor: float
    cluster: int


@dataclass(frozen=True, slots=True)
class Refused:
    """One row the store will never take. line: as the log had it, without its end. why: safe to show."""

    block: Block
    line: bytes
    why: str


class Shelf(Protocol):
    """Where a writer puts its rows. Every insert may be repeated, in whole or in part, by anyone, at any time."""

    async def known(self) -> bytes: ...

    async def look_up(self, tenant: int, cluster: int, tasks: Sequence[str]) -> list[Row]: ...

    async def insert_tasks(self, rows: Sequence[Row]) -> int: ...

    async def insert_names(self, names: Sequence[Name]) -> None: ...

    async def insert_late(self, rows: Sequence[Row], *, done: bool = False) -> None: ...

    async def insert_blocks(self, table: Table, blocks: Sequence[Block]) -> list[Refused]: ...


class StoreShelf:
    """A Shelf in a Store. Methods raise StoreUnavailable, and TooSlow or OverBudget from the questions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def known(self) -> bytes:
        """The table of `Known` for every id in `task_ids` and `late_tasks`, built by the engine: 5 million in a second."""
        answer = await self._store.ask("SELECT count() FROM task_ids", {}, LIMITS)
        bits = bits_for(answer.rows[0][0])
        parameters = {"mask": (1 << bits) - 1, "words": 1 << bits - 6}
        return await self._store.ask_bytes(sql("known"), parameters, "RowBinary", LIMITS)

    async def look_up(self, tenant: int, cluster: int, tasks: Sequence[str]) -> list[Row]:
        """Every stored version of these tasks under every key, tombstones too, and what was put aside of them: states to be
        joined."""
        asked = {"tenant": tenant, "cluster": cluster, "tasks": list(tasks)}
        late = await self._store.ask(sql("late_of"), asked, LIMITS)
        found = (await self._store.ask(sql("anchors"), asked, LIMITS)).rows
        states = [orjson.loads(state) for (state,) in late.rows]
        if not found:
            return states
        there = {"tasks": sorted({task for task, _ in found}), "anchors_ms": sorted({ms for _, ms in found})}
        answer = await self._store.ask(sql("states"), {**asked, **there}, LIMITS)
        return states + [restore(row) async for chunk in paced(answer.rows, DUMPED_AT_ONCE) for row in chunk]

    async def insert_tasks(self, rows: Sequence[Row]) -> int:
        """One insert; answers how many rows the store will never take, which are left out."""
        lines = [orjson.dumps(chunk)[1:-1] async for chunk in paced(rows, DUMPED_AT_ONCE)]
        try:
            await self._store.insert("tasks", b",".join(lines), columns=COLUMNS, form="JSONCompactEachRow")
        except StoreRefused:
            if len(rows) == 1:
                return 1
            half = len(rows) // 2
            return await self.insert_tasks(rows[:half]) + await self.insert_tasks(rows[half:])
        return 0

    async def insert_names(self, names: Sequence[Name]) -> None:
        """Into `task_ids`."""
        await self._insert("task_ids", _NAME_COLUMNS, [tuple(name) for name in names])  # orjson takes no NamedTuple

    async def insert_late(self, rows: Sequence[Row], *, done: bool = False) -> None:
        """States put aside until they are joined; done: that were joined, into rows that were shown."""
        late = [
            (row[TENANT], row[CLUSTER], row[TASK], row[VERSION], orjson.dumps(row).decode(), int(done)) for row in rows
        ]
        await self._insert("late_tasks", _LATE_COLUMNS, late)

    async def late(self, owned: Collection[int], partitions: int, limit: int) -> list[Row]:
        """At most `limit` states that wait, of tasks in the partitions that are owned."""
        parameters = {"owned": sorted(owned), "partitions": partitions, "limit": limit}
        answer = await self._store.ask(sql("late"), parameters, LIMITS)
        return [orjson.loads(row[-1]) for row in answer.rows]

    async def insert_blocks(self, table: Table, blocks: Sequence[Block]) -> list[Refused]:
        """Bytes as they came. Rows the store will never take are left out and answered; all others are in."""
        refused: list[Refused] = []
        for group in _groups(blocks):
            refused += await self._insert_rows(table, group)
        return refused

    async def _insert_rows(self, table: Table, blocks: Sequence[Block]) -> list[Refused]:
        try:
            await self._store.insert(_INTO[table], b"".join(block.rows for block in blocks))
        except StoreRefused as error:
            halves = _halves(blocks)
            if not halves:
                return [Refused(blocks[0], blocks[0].rows.rstrip(b"\n"), str(error))]
            return [one for half in halves for one in await self._insert_rows(table, half)]
        return []

    async def _insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        if lines := [orjson.dumps(chunk)[1:-1] async for chunk in paced(list(rows), DUMPED_AT_ONCE)]:
            await self._store.insert(table, b",".join(lines), columns=columns, form="JSONCompactEachRow")


# Read now: a package that is upgraded in place must not change the questions of a process that runs.
_SQL = {file.name: file.read_text() for file in files("meadow.ingest.folding").joinpath("sql").iterdir()}


def sql(name: str) -> str:
    """The text of one of the writer's questions."""
    return _SQL[f"{name}.sql"]


def _groups(blocks: Iterable[Block]) -> Iterable[list[Block]]:
    group: list[Block] = []
    size = 0
    for block in blocks:
        if group and size + len(block.rows) > INSERT_BYTES_MAX:
            yield group
            group, size = [], 0
        group.append(block)
        size += len(block.rows)
    if group:
        yield group


def _halves(blocks: Sequence[Block]) -> tuple[Sequence[Block], ...]:
    """Two parts that hold all rows; none when there is but one row."""
    if len(blocks) > 1:
        half = len(blocks) // 2
        return blocks[:half], blocks[half:]
    lines = [line + b"\n" for line in blocks[0].rows.split(b"\n") if line]
    half = len(lines) // 2
    return tuple(
        [replace(blocks[0], rows=b"".join(part), count=len(part))] for part in (lines[:half], lines[half:]) if half
    )
