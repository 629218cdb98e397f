"""Puts event rows into the store that are not there yet: asks for each by its identity, so that nothing is stored twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import orjson

from meadow.core.blocks import Block, Table
from meadow.core.store import Store
from meadow.ingest.folding.fold_block import decode
from meadow.ingest.folding.shelf import StoreShelf
from meadow.ingest.replay.lane import LIMITS, Lane
from meadow.ingest.replay.pages import sql

AT_ONCE = 2_000
SLOT_S = 600
Identity = tuple[str, int, int, int, str, str]  # hostname, pid, clock, at in µs, type, task_id
Event = Mapping[str, Any]


def identity(event: Event) -> Identity:
    """What makes an event one, in one cluster, as the store would have it."""
    get = event.get
    whole = _whole(get("pid")), _whole(get("clock")), _microseconds(event["at"])
    return (event["hostname"], *whole, event["type"], get("task_id") or "")


def _microseconds(at: float) -> int:
    """Of a time with more than six decimals, which Meadow does not write, the engine leaves the others out."""
    rounded = round(at * 1_000_000)
    return rounded if rounded / 1_000_000 == at else int(Decimal(repr(at)).scaleb(6))


def _whole(value: object) -> int:
    return value if type(value) is int else 0


@dataclass(frozen=True, slots=True)
class Storing:
    """Of blocks and rows of one cluster at a time."""

    store: Store
    lane: Lane

    async def missing(self, scope: tuple[int, int], events: Sequence[Event]) -> list[int]:
        """Places of those the store does not have; of those that are one event, the first."""
        found: list[int] = []
        for start in range(0, len(events), AT_ONCE):
            part = [identity(event) for event in events[start : start + AT_ONCE]]
            there = await self._there(scope, part)
            for place, one in enumerate(part, start):
                if one not in there:
                    there.add(one)
                    found.append(place)
        return found

    async def _there(self, scope: tuple[int, int], wanted: Sequence[Identity]) -> set[Identity]:
        asked = {
            "tenant": scope[0],
            "cluster": scope[1],
            "slots": sorted({one[3] // 1_000_000 // SLOT_S * SLOT_S % 2**32 for one in wanted}),
            "tasks": sorted({one[5] for one in wanted}),
            "ats_us": sorted({one[3] for one in wanted}),
        }
        return {tuple(row) for row in (await self.store.ask(sql("there"), asked, LIMITS)).rows}

    async def store_missing(self, block: Block) -> Sequence[Event]:
        """Inserts the rows of a block of events that are missing; answers all its events that can be read. Counts rows that
        are none, and rows the store will never take: the writer made dead letters of them when they came."""
        decoded = decode(block.rows)
        lines = [line + b"\n" for line in decoded.rows.split(b"\n") if line]
        missing = await self.missing((block.tenant_id, block.cluster_id), decoded.events)
        rows = b"".join(lines[place] for place in missing)
        fresh = Block(Table.EVENTS, block.tenant_id, block.cluster_id, block.partition, rows, len(missing))
        refused = await StoreShelf(self.store).insert_blocks(Table.EVENTS, [fresh]) if missing else []
        self.lane.found("events_stored", len(missing) - len(refused))
        self.lane.found("rows_refused", len(refused) + len(decoded.refused))
        return decoded.events

    async def store_missing_letters(self, block: Block) -> None:
        """The same for dead letters, which have no identity: alike are those of one time, reason and body."""
        lines = [line + b"\n" for line in block.rows.split(b"\n") if line]
        read = [(_letter(line), line) for line in lines]
        times = sorted({key[0] for key, _ in read if key is not None})
        asked = {"tenant": block.tenant_id, "cluster": block.cluster_id, "ats_us": times}
        there = {tuple(row) for row in (await self.store.ask(sql("letters_there"), asked, LIMITS)).rows}
        missing = {key: line for key, line in read if key is not None and key not in there}
        fresh = replace(block, rows=b"".join(missing.values()), count=len(missing))
        refused = await StoreShelf(self.store).insert_blocks(Table.DEAD_LETTERS, [fresh]) if missing else []
        self.lane.found("letters_stored", len(missing) - len(refused))
        self.lane.found("rows_refused", len(refused) + sum(key is None for key, _ in read))


def _letter(line: bytes) -> tuple[int, str, str] | None:
    """Time in µs, reason and body; None for what is no dead letter."""
    try:
        row = orjson.loads(line)
        return round(float(row["received_at"]) * 1_000_000), str(row["reason"]), str(row.get("body", ""))
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
