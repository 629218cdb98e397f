"""What was appended to a log, and how long its callers waited; counted alike by every adapter."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from meadow.core import meters
from meadow.core.blocks import Block
from meadow.core.errors import LogUnavailable
from meadow.core.histogram import Histogram
from meadow.core.log import BlockRefused, Log
from meadow.core.readings import Reading

UNAVAILABLE, REFUSED = "unavailable", "refused"


class Appends:
    """Of one log. An append that fails may be on the log all the same; it is counted as failed, and callers try again."""

    def __init__(self) -> None:
        self._blocks: Counter[str] = Counter()
        self._rows: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._seconds = Histogram(meters.LOG_APPEND_SECONDS)

    @contextmanager
    def counted(self, blocks: Sequence[Block]) -> Iterator[None]:
        """Around one append, which ends when it is durable. Cancelled, it is not counted."""
        began_s = time.perf_counter()
        try:
            yield
        except LogUnavailable:
            self._failures[UNAVAILABLE] += 1
            raise
        except BlockRefused:
            self._failures[REFUSED] += 1
            raise
        self._seconds.note(time.perf_counter() - began_s)
        for block in blocks:
            self._blocks[block.table] += 1
            self._rows[block.table] += block.count
            self._bytes[block.table] += len(block.rows)

    def readings(self) -> Iterator[Reading]:
        """For the metrics."""
        yield from self._seconds.readings()
        for reason in (UNAVAILABLE, REFUSED):
            yield Reading(meters.LOG_APPEND_FAILURES, self._failures[reason], (reason,))
        for table, count in self._blocks.items():
            yield Reading(meters.LOG_APPENDED_BLOCKS, count, (table,))
            yield Reading(meters.LOG_APPENDED_ROWS, self._rows[table], (table,))
            yield Reading(meters.LOG_APPENDED_BYTES, self._bytes[table], (table,))


class MeasuredLog(Log, Protocol):
    """A log that counts what is appended to it, as every adapter does."""

    @property
    def appends(self) -> Appends: ...
