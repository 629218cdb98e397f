"""Rebuilds the store from the log: what its kept records say and the store does not have is stored, and tasks are mended."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from meadow.core.blocks import Block, Table
from meadow.core.log import Log, Positions, Record
from meadow.core.store import Store
from meadow.ingest.folding.fold_block import about_task
from meadow.ingest.folding.shelf import StoreShelf
from meadow.ingest.replay.lane import Lane, Reach
from meadow.ingest.replay.mending import Mending
from meadow.ingest.replay.naming import Naming
from meadow.ingest.replay.records import pages
from meadow.ingest.replay.storing import Storing


@dataclass(frozen=True, slots=True)
class FromLog:
    """Reads without a group, from the oldest record kept to the ends as they were at the start: the writers' positions stay.

    events        each is asked for by its identity; only what is missing is inserted.
    workers       maxima in the store, so they are inserted as they are: twice is once.
    dead letters  asked for by their time, reason and body.
    young         records are left alone for `settle_s`: the writer has them in its hands, and both would store them.
    Reach counts by the time a record was appended, and so does `resume_s`.
    """

    log: Log
    store: Store
    lane: Lane
    mending: Mending
    now_s: Callable[[], float] = time.time

    async def run(self, reach: Reach) -> None:
        """Raises what the log and the store do, and what `Mending.bring` does."""
        mine, shards = self.lane.settings.shard
        report, reached_s = self.lane.report, dict[int, float]()
        report.resume_s = reach.since_s
        ends = {p: end for p, end in (await self.log.ends()).items() if p % shards == mine}
        settings = self.lane.settings
        async with aclosing(pages(self.log, ends, settings.page_rows, settings.patience_s)) as reading:
            async for page in reading:
                if not report.total:
                    report.total = page.left + len(page.records)
                    await self._name(reach, min(one.appended_at for one in page.records))
                await self._take(page.records, reach)
                reached_s |= {one.partition: one.appended_at for one in page.records}
                report.resume_s = _resume_s(page.positions, ends, reached_s, reach)

    async def _name(self, reach: Reach, oldest_s: float) -> None:
        """Tasks of the time that the log tells of: without their names they would be given second rows."""
        since_s = max(reach.since_s, oldest_s)
        await Naming(self.store, self.lane).run(replace(reach, since_s=since_s, until_s=self.now_s()))

    async def _take(self, records: Sequence[Record], reach: Reach) -> None:
        settled_s = min(reach.until_s, self.now_s() - self.lane.settings.settle_s)
        blocks = [
            one.block
            for one in records
            if reach.since_s <= one.appended_at < settled_s and reach.holds(one.block.tenant_id, one.block.cluster_id)
        ]
        for block in _merged(blocks):
            await self._keep(block)
        await self.mending.bring()
        self.lane.found("records_left_out", len(records) - len(blocks))
        await self.lane.took(sum(block.count for block in blocks), len(records))

    async def _keep(self, block: Block) -> None:
        storing = Storing(self.store, self.lane)
        if block.table is Table.EVENTS:
            events = await storing.store_missing(block)
            await self.mending.fold((block.tenant_id, block.cluster_id), filter(about_task, events))
        elif block.table is Table.DEAD_LETTERS:
            await storing.store_missing_letters(block)
        else:
            refused = await StoreShelf(self.store).insert_blocks(Table.WORKERS, [block])
            self.lane.found("rows_refused", len(refused))


def _resume_s(positions: Positions, ends: Positions, reached_s: dict[int, float], reach: Reach) -> float | None:
    """All records appended before it are done, in every partition; None when all of all are."""
    unread = [partition for partition, end in ends.items() if positions.get(partition, end) < end]
    return min((reached_s.get(partition, reach.since_s) for partition in unread), default=None)


def _merged(blocks: Sequence[Block]) -> list[Block]:
    """One for each table and cluster, so that the store is asked and told once."""
    groups: defaultdict[tuple[Table, int, int], list[Block]] = defaultdict(list)
    for block in blocks:
        groups[block.table, block.tenant_id, block.cluster_id].append(block)
    return [
        Block(*key, group[0].partition, b"".join(block.rows for block in group), sum(block.count for block in group))
        for key, group in groups.items()
    ]
