"""Joins two states of one task, as when a writer meets again in the store what it had forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from meadow.ingest.folding.fold_rows import (
    ANCHOR,
    CUSTOM,
    EXCEPTION,
    EXCEPTION_KEY,
    HEADER,
    MOVED,
    NOWHERE,
    QUEUE,
    RANK,
    RECEIVED,
    RESULT,
    RUNTIME,
    SAW_RECEIVED,
    SAW_SENT,
    SEEN,
    SENT,
    STARTED,
    VERSION,
    WORKER,
    Row,
)

Key = tuple[Any, ...]

_MS = (1 << 48) - 1
_TOP = (RANK, WORKER, CUSTOM, RESULT, RUNTIME)


def join(row: Row, other: Row) -> None:
    """Least upper bound of two states of one task, into the first."""
    _take_greater(row, other, HEADER, _header_key)
    _take_greater(row, other, (SENT, QUEUE))
    _take_greater(row, other, _TOP)
    _take_greater(row, other, (EXCEPTION_KEY, EXCEPTION))
    for column in (RECEIVED, STARTED, VERSION):
        row[column] = max(row[column], other[column])
    keys = {*row[MOVED], *other[MOVED], row[ANCHOR], other[ANCHOR]}
    if _anchor_key(other) < _anchor_key(row):
        row[ANCHOR] = other[ANCHOR]
    row[SEEN] |= other[SEEN]
    row[MOVED] = sorted(keys - {row[ANCHOR], NOWHERE})


def _take_greater(row: Row, other: Row, columns: tuple[int, ...], key: Callable[[Row], Key] | None = None) -> None:
    mine, theirs = (key(one) if key else tuple(one[column] for column in columns) for one in (row, other))
    if theirs > mine:
        for column in columns:
            row[column] = other[column]


def _header_key(row: Row) -> Key:
    by_worker = row[RECEIVED] != 0 and row[RECEIVED] >> 48 >= row[SENT] >> 48
    at = row[RECEIVED] if by_worker else row[SENT]
    return (at >> 48, by_worker, at & _MS, *(row[column] for column in HEADER))


def _anchor_key(row: Row) -> tuple[int, float]:
    seen = row[SEEN]
    kind = 0 if seen & SAW_SENT else 1 if seen & SAW_RECEIVED else 2 if seen else 3
    return kind, row[ANCHOR]


def resume(fresh: Row, stored: Row) -> None:
    """Joins what the store knew into a state built since and never shown. Where the stored key wins it always did, so
    the keys of `fresh` were never the task's, nothing was written under them, and they need no tombstone."""
    won, moved = _anchor_key(stored) <= _anchor_key(fresh), stored[MOVED]
    join(fresh, stored)
    if won:
        fresh[MOVED] = list(moved)
