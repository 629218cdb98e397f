"""A model of ReplacingMergeTree(version, is_deleted), to try a writer against every way an insert can go wrong.

Partitions by week are inserted one by one, so a crash may tear an insert; inserts time out and land later; merges come at any
time. It says nothing of SQL: `test_writer.py` runs the same histories on the real engine.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence

import orjson

from meadow.core.blocks import Block, Table
from meadow.ingest.folding.fold_rows import ANCHOR, CLUSTER, DELETED, TASK, TENANT, VERSION, Row, restore
from meadow.ingest.folding.known import Known
from meadow.ingest.folding.shelf import Name, Refused

WEEK_S = 7 * 86400


class Crash(Exception):
    """The process dies, or the store seems to have failed."""


class StoreModel:
    """A Shelf. slow: inserts may be late. crash_at: how many steps from now it raises Crash; -1 is never.
    stale_reads: an acknowledged insert may be invisible to a later look-up, which the design does not stand."""

    def __init__(self, r: random.Random, slow: bool, bits: Callable[[], int]) -> None:
        self.r, self.slow, self.bits = r, slow, bits
        self.tasks: list[Row] = []
        self.names: set[Name] = set()
        self.events: list[bytes] = []
        self.waits: dict[tuple[int, int, str, int], tuple[str, bool]] = {}
        self.landing: list[list[Row]] = []
        self.crash_at = -1
        self.stale_reads = False
        self.zombie: Callable[[Row], bool] = lambda row: False

    def tick(self) -> None:
        self.crash_at -= 1
        if self.crash_at == 0:
            raise Crash

    async def known(self) -> bytes:
        self.tick()
        known = Known(self.bits())
        for name in self.names:
            known.seen(name.task)
        for row in self.late():
            known.seen(row[TASK])
        return known.table

    async def look_up(self, tenant: int, cluster: int, tasks: Sequence[str]) -> list[Row]:
        self.tick()
        keys = {n for n in self.names if n.task in tasks and (n.tenant, n.cluster) == (tenant, cluster)}
        stored = [row for row in self.tasks if Name(row[TENANT], row[TASK], row[ANCHOR], row[CLUSTER]) in keys]
        aside = [row for row in self.late() if row[TASK] in tasks and (row[TENANT], row[CLUSTER]) == (tenant, cluster)]
        return [*map(restore, stored), *aside]

    async def insert_tasks(self, rows: Sequence[Row]) -> int:
        weeks = defaultdict(list)
        for row in orjson.loads(orjson.dumps(rows)):
            weeks[row[ANCHOR] // WEEK_S].append(row)
        for part in self.r.sample(list(weeks.values()), len(weeks)):
            if self.slow and self.r.random() < 0.5 and (self.crash_at == 1 or all(map(self.zombie, part))):
                self.landing.append(part)  # still on its way while others work, so never acknowledged
                if not self.stale_reads:
                    raise Crash
            else:
                self.tick()
                self.tasks += part
        self.tick()
        return 0

    async def insert_names(self, names: Sequence[Name]) -> None:
        self.tick()
        self.names |= set(names)
        self.tick()

    async def insert_late(self, rows: Sequence[Row], *, done: bool = False) -> None:
        self.tick()
        for row in rows:
            self.waits[row[TENANT], row[CLUSTER], row[TASK], row[VERSION]] = (orjson.dumps(row).decode(), done)
        self.tick()

    async def insert_blocks(self, table: Table, blocks: Sequence[Block]) -> list[Refused]:
        self.tick()
        self.events += [block.rows for block in blocks if table is Table.EVENTS]
        self.tick()
        return []

    def late(self) -> list[Row]:
        return [orjson.loads(state) for state, done in self.waits.values() if not done]

    def final(self) -> list[Row]:
        best: dict[tuple[object, ...], Row] = {}
        for row in self.tasks:
            key = tuple(row[:4])
            if key not in best or row[VERSION] >= best[key][VERSION]:
                best[key] = row
        return list(best.values())

    def merge(self) -> None:
        keep = {id(row) for row in self.final() if self.r.random() < 0.8}
        keys = {tuple(row[:4]) for row in self.tasks if id(row) in keep}
        self.tasks = [row for row in self.tasks if id(row) in keep or tuple(row[:4]) not in keys]

    def live(self) -> list[Row]:
        return [row for row in self.final() if not row[DELETED]]

    def land(self) -> None:
        """One late insert arrives."""
        if self.landing:
            self.tasks += self.landing.pop(self.r.randrange(len(self.landing)))
