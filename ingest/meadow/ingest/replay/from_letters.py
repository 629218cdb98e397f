"""Feeds dead letters again: what this version of Meadow understands goes to the log as events, as if it came only now."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from meadow.core.blocks import Block, Table, blocks_of
from meadow.core.log import Log
from meadow.core.store import Store
from meadow.ingest.counts import Counts, DeadReason
from meadow.ingest.folding.fold_block import about_task
from meadow.ingest.folding.shelf import StoreShelf
from meadow.ingest.messages.decode import Decoder
from meadow.ingest.messages.decoded import Decoded
from meadow.ingest.pipeline import stages, through
from meadow.ingest.replay.lane import Lane, Reach
from meadow.ingest.replay.letters import Letter
from meadow.ingest.replay.mending import Mending
from meadow.ingest.replay.pages import Hour, Pages, plan
from meadow.ingest.replay.storing import Storing

log = logging.getLogger(__name__)

PAGE_ROWS = 250  # a body may have 64 kB


@dataclass(frozen=True, slots=True)
class FromLetters:
    """said again   a body that came from a broker is decoded as when it came, with its time of receipt, so its events have
                 the identity they would have had: those that are stored already are not appended again. It goes through
                 redaction and trimming; nothing is thinned, and no rate of a cluster refuses it.
    refused      rows that the store refused are offered to it again, directly: through the log they would come back as
                 new letters for ever. What it takes now is folded, too.
    still dead   what fails again is counted by its reason and stays where it is. A letter that was fed stays as well, until
                 its days are over.
    cut          bodies that were cut, or withheld because no secret could be found in them, cannot be read: counted.
    everywhere   a Store that sees the events of every shard: a letter's event may be of a task on another one.
    """

    log: Log
    store: Store
    everywhere: Store
    lane: Lane
    mending: Mending

    async def run(self, reach: Reach) -> None:
        """Raises what the log and the store do, and what `Mending.bring` does."""
        reasons = {"reasons": sorted(str(reason) for reason in self.lane.settings.reasons)}
        limit = min(PAGE_ROWS, self.lane.settings.page_rows)
        pages = Pages(self.store, "letter_columns", "letter_page", "letter_ties", {"at_us": 0}, {"hash": 0}, limit)
        self.lane.report.resume_s = reach.since_s
        hours = await plan(self.store, "letter_hours", reach, reasons)
        self.lane.report.total = sum(hour.rows for hour in hours)
        rows_done = 0
        for hour in hours:
            self.lane.report.resume_s = max(reach.since_s, hour.since_s)
            async for rows in pages.of({**hour.within(reach), **reasons}):
                await self._feed(hour, [Letter.of(row) for row in rows])
                await self.lane.took(len(rows))
            await self.mending.bring()
            rows_done += hour.rows
            self.lane.reached(rows_done)
        self.lane.report.resume_s = None

    async def _feed(self, hour: Hour, page: Sequence[Letter]) -> None:
        for lack, number in Counter(one.lack for one in page if one.lack).items():
            self.lane.found(f"letters_{lack}", number)
        whole = [one for one in page if not one.lack]
        refused = [one for one in whole if one.reason == DeadReason.STORE_REFUSED]
        await self._say_again(hour, [one for one in whole if one.reason != DeadReason.STORE_REFUSED])
        await self._offer(hour, [one.message.body for one in refused])

    async def _say_again(self, hour: Hour, page: Sequence[Letter]) -> None:
        read = self._decoded(hour, page)
        for reason, number in Counter(letter.reason for letter in read.dead).items():
            self.lane.found(f"still_dead:{reason}", number)
        missing = await Storing(self.everywhere, self.lane).missing(hour.scope, read.events)
        partitions, events = self.log.partitions, [read.events[place] for place in missing]
        fed = blocks_of(Table.EVENTS, *hour.scope, events, partitions)
        await self.log.append(fed + blocks_of(Table.WORKERS, *hour.scope, read.workers, partitions))
        self.lane.found("events_fed", len(events))
        self.lane.found("events_stored_already", len(read.events) - len(events))
        self.lane.found("worker_rows_fed", len(read.workers))

    def _decoded(self, hour: Hour, page: Sequence[Letter]) -> Decoded:
        pipeline = replace(self.lane.settings.pipeline, events_per_s=None, heartbeat_every_s=0)
        steps = stages(pipeline, Counts(), time.monotonic)
        try:
            return through(steps, Decoder(*hour.scope)([one.message for one in page]))
        except Exception as error:  # noqa: BLE001 # one letter must not stop the others; it is counted
            if len(page) == 1:
                log.error("%s while reading a dead letter", type(error).__name__)
                self.lane.found("still_dead:failed", 1)
                return Decoded()
        apart = Decoded()
        for one in page:
            apart.add(self._decoded(hour, [one]))
        return apart

    async def _offer(self, hour: Hour, lines: Sequence[bytes]) -> None:
        """Rows as they stand in the log, each of them about this cluster or left alone."""
        rows: dict[Table, list[bytes]] = {Table.EVENTS: [], Table.WORKERS: []}
        for line in lines:
            if table := _table_of(line, hour):
                rows[table].append(line + b"\n")
            else:
                self.lane.found("letters_unreadable", 1)
        if said := rows[Table.EVENTS]:
            block = Block(Table.EVENTS, *hour.scope, 0, b"".join(said), len(said))
            events = await Storing(self.store, self.lane).store_missing(block)
            await self.mending.fold(hour.scope, filter(about_task, events))
        if said := rows[Table.WORKERS]:
            block = Block(Table.WORKERS, *hour.scope, 0, b"".join(said), len(said))
            refused = await StoreShelf(self.store).insert_blocks(Table.WORKERS, [block])
            self.lane.found("worker_rows_stored", len(said) - len(refused))
            self.lane.found("rows_refused", len(refused))


def _table_of(line: bytes, hour: Hour) -> Table | None:
    """Only a row of events names a task, if only an empty one."""
    try:
        row: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(row, Mapping) or (row.get("tenant_id"), row.get("cluster_id")) != hour.scope or b"\n" in line:
        return None
    return Table.EVENTS if "task_id" in row else Table.WORKERS
