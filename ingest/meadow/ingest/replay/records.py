"""Reads the log from its oldest record up to given ends, and stops there."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from meadow.core.errors import LogUnavailable
from meadow.core.log import Log, Positions, Record


@dataclass(slots=True)
class Page:
    """records: sorted by partition and offset. positions: where reading goes on. left: offsets after these up to the ends."""

    records: list[Record] = field(default_factory=list)
    positions: Positions = field(default_factory=dict)
    left: int = 0


async def pages(log: Log, ends: Positions, rows: int, patience_s: float) -> AsyncGenerator[Page, None]:
    """Pages of about so many rows, of these partitions only, each record before its end. What is appended meanwhile is not
    read. Raises LogUnavailable when nothing came for patience_s, though more is there."""
    page, moved_s = Page(), time.monotonic()
    async with aclosing(log.tail(dict.fromkeys(ends, 0))) as tail:
        async for tailed in tail:
            wanted = [one for one in tailed.records if one.offset < ends.get(one.partition, 0)]
            if tailed.positions != page.positions:
                moved_s = time.monotonic()
            left = _left(tailed.positions, ends)
            page = Page(page.records + wanted, tailed.positions, left)
            if page.records and (not left or not wanted or sum(one.block.count for one in page.records) >= rows):
                yield page
                page = Page(positions=page.positions)
                moved_s = time.monotonic()
            if not left:
                return
            if time.monotonic() - moved_s > patience_s:
                raise LogUnavailable(
                    f"The log says nothing more since {patience_s:.0f} s, though {left} records are left."
                )


def _left(positions: Positions, ends: Positions) -> int:
    return sum(max(0, end - positions.get(partition, end)) for partition, end in ends.items())
