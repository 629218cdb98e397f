"""The fold: the events of one task, in any order and any number of times, make one row of `tasks`.

Every column, or group of columns, is the maximum of a total order (rank first, content as tie-break) whose rank is in the
row too; so rows form a join-semilattice: `apply` (row and event) and `fold_join.join` (row and row) are idempotent,
commutative and associative, and `apply` equals `join` with the row of that event alone. No I/O, no clock, no randomness.

rank, worker, custom, result, runtime_s       every event; the highest rank, then the content
sent_key, queue                               task-sent of the highest (retries, time)
received_key                                  the highest (retries, time)
name, args, kwargs, root, parent, eta, expires  sent or received of the highest (retries, is received, time)
started_at                                    the latest
exception_key, exception                      task-failed or task-retried that says one; the highest rank
seen                                          the union of the types
anchor                                        the earliest sent, else the earliest received, else the earliest
moved, version                                bookkeeping of the writer; they depend on the order

A `meadow-lost` event names in `hostname` the worker the task was lost with: LOST is a state like STARTED, overruled by any
later sign of life and by any end.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

from meadow.core.events import LOST
from meadow.ingest.folding.fold_rows import (
    ACTIVE,
    ANCHOR,
    ARGS,
    CUSTOM,
    ETA,
    EXCEPTION,
    EXCEPTION_KEY,
    EXPIRES,
    FAILED,
    HEADER,
    KWARGS,
    MOVED,
    NAME,
    NOWHERE,
    PARENT,
    PENDING,
    QUEUE,
    RANK,
    RECEIVED,
    RESULT,
    REVOKED,
    ROOT,
    RUNTIME,
    SAW_CUSTOM,
    SAW_FAILED,
    SAW_LOST,
    SAW_RECEIVED,
    SAW_REJECTED,
    SAW_RETRIED,
    SAW_REVOKED,
    SAW_SENT,
    SAW_STARTED,
    SAW_SUCCEEDED,
    SEEN,
    SENT,
    STARTED,
    SUCCEEDED,
    TASK,
    WORKER,
    Row,
)

Event = Mapping[str, Any]  # an EventRow; type, at, hostname and task_id are there and of their types
Handler = Callable[[Row, Event, int], None]

TIME_MAX_S = 1e10  # in 2286, before the store's DateTime64 ends
_RETRIES_MAX = 65_533
_FLOAT32 = struct.Struct("<f")
_FLOAT32_MAX = 3.4e38


def apply(row: Row, event: Event) -> None:
    """Joins one event into the row; every type that is not Celery's own is a custom state."""
    HANDLERS.get(event["type"], custom)(row, event, milliseconds(event["at"]))


def milliseconds(at: float) -> int:
    """The floor of epoch seconds with six decimals: a float of this size is off by less than 0.00024 ms."""
    return int(at * 1000 + 0.0004)


def float32(value: object) -> float:
    """What the store gives back of a Float32: a stored state must compare equal to the one in memory."""
    if not isinstance(value, float | int):
        return 0.0
    bounded = min(max(value, -_FLOAT32_MAX), _FLOAT32_MAX) or 0.0
    return float(_FLOAT32.unpack(_FLOAT32.pack(bounded))[0])


def _sent(row: Row, event: Event, ms: int) -> None:
    anchor = ms / 1000
    if not row[SEEN] & SAW_SENT or anchor < row[ANCHOR]:
        _move(row, anchor)
    row[SEEN] |= SAW_SENT
    rank = PENDING | ms << 8 | 1
    row[RANK] = max(row[RANK], rank)
    attempt = _attempt(event)
    key, queue = attempt << 48 | ms, _text(event, "queue")
    if key < row[SENT]:
        return
    tie = key == row[SENT]
    row[SENT], row[QUEUE] = key, max(queue, row[QUEUE]) if tie else queue
    if row[RECEIVED] >> 48 < attempt:
        _header(row, event, tie)


def _received(row: Row, event: Event, ms: int) -> None:
    seen, anchor = row[SEEN], ms / 1000
    if not seen & SAW_SENT and (not seen & SAW_RECEIVED or anchor < row[ANCHOR]):
        _move(row, anchor)
    row[SEEN] = seen | SAW_RECEIVED
    _ranked(row, event["hostname"], ACTIVE | ms << 8 | 4)
    attempt = _attempt(event)
    key = attempt << 48 | ms
    if key < row[RECEIVED]:
        return
    tie, row[RECEIVED] = key == row[RECEIVED], key
    if row[SENT] >> 48 <= attempt:
        _header(row, event, tie)


def _started(row: Row, event: Event, ms: int) -> None:
    _saw(row, ms, SAW_STARTED)
    row[STARTED] = max(row[STARTED], ms / 1000)
    _ranked(row, event["hostname"], ACTIVE | ms << 8 | 5)


def _succeeded(row: Row, event: Event, ms: int) -> None:
    _saw(row, ms, SAW_SUCCEEDED)
    rank = SUCCEEDED | ms << 8 | 9
    if rank < row[RANK]:
        return
    found = (event["hostname"], "", _text(event, "result"), float32(event.get("runtime_s")))
    if rank > row[RANK] or found > (row[WORKER], row[CUSTOM], row[RESULT], row[RUNTIME]):
        row[RANK] = rank
        row[WORKER], row[CUSTOM], row[RESULT], row[RUNTIME] = found


def _failed(row: Row, event: Event, ms: int) -> None:
    rank = FAILED | ms << 8 | 8
    _exception(row, event, rank)
    _saw(row, ms, SAW_FAILED)
    _ranked(row, event["hostname"], rank)


def _retried(row: Row, event: Event, ms: int) -> None:
    rank = ACTIVE | ms << 8 | 2
    _exception(row, event, rank)
    _saw(row, ms, SAW_RETRIED)
    _ranked(row, event["hostname"], rank)


def custom(row: Row, event: Event, ms: int) -> None:
    _saw(row, ms, SAW_CUSTOM)
    name = event["type"].partition("-")[2].upper() or "CUSTOM"
    _ranked(row, event["hostname"], ACTIVE | ms << 8 | 6, name)


def _plain(level: int, saw: int) -> Handler:
    def handle(row: Row, event: Event, ms: int) -> None:
        _saw(row, ms, saw)
        _ranked(row, event["hostname"], level | ms << 8)

    return handle


HANDLERS: dict[str, Handler] = {
    "task-sent": _sent,
    "task-received": _received,
    "task-started": _started,
    "task-succeeded": _succeeded,
    "task-failed": _failed,
    "task-retried": _retried,
    "task-rejected": _plain(ACTIVE | 3, SAW_REJECTED),
    "task-revoked": _plain(REVOKED | 7, SAW_REVOKED),
    LOST: _plain(ACTIVE | 10, SAW_LOST),
}


def _move(row: Row, anchor: float) -> None:
    """The sort key changes: remember the key a snapshot may have been written under."""
    old = row[ANCHOR]
    if anchor == old:
        return
    if old != NOWHERE:
        row[MOVED] = [moved for moved in row[MOVED] if moved not in (anchor, old)] + [old]
    row[ANCHOR] = anchor


def _saw(row: Row, ms: int, saw: int) -> None:
    """A type that gives the anchor only while neither sent nor received was seen."""
    seen = row[SEEN]
    if not seen & (SAW_SENT | SAW_RECEIVED) and (not seen or ms / 1000 < row[ANCHOR]):
        _move(row, ms / 1000)
    row[SEEN] = seen | saw


def _ranked(row: Row, worker: str, rank: int, custom: str = "") -> None:
    """The highest rank gives the state and the worker. Equal ranks are equal states, so no result is touched here."""
    if rank > row[RANK]:
        row[RANK], row[WORKER], row[CUSTOM] = rank, worker, custom
    elif rank == row[RANK] and (worker, custom) > (row[WORKER], row[CUSTOM]):
        row[WORKER], row[CUSTOM] = worker, custom


def _attempt(event: Event) -> int:
    retries = event.get("retries")
    return min(retries, _RETRIES_MAX) + 1 if type(retries) is int and retries > 0 else 1


def _header(row: Row, event: Event, tie: bool) -> None:
    task = row[TASK]
    root, parent = _text(event, "root_id"), _text(event, "parent_id")
    # One text for both ids: half the memory of a task that is its own root. Celery 5.7: a self-parent is no parent.
    root, parent = task if root == task else root, "" if parent == task else parent
    texts = _text(event, "name"), _text(event, "args"), _text(event, "kwargs"), root, parent
    said = (*texts, _moment(event, "eta"), _moment(event, "expires"))
    if not tie or said > tuple(row[column] for column in HEADER):
        row[NAME], row[ARGS], row[KWARGS], row[ROOT], row[PARENT], row[ETA], row[EXPIRES] = said


def _text(event: Event, name: str) -> str:
    value = event.get(name)
    return value if type(value) is str else ""


def _moment(event: Event, name: str) -> float:
    at = event.get(name)
    return milliseconds(at) / 1000 if isinstance(at, float | int) and 0 < at < TIME_MAX_S else 0.0


def _exception(row: Row, event: Event, key: int) -> None:
    text = _text(event, "exception")
    if text.startswith("ExceptionWithTraceback("):  # billiard's wrapper; the traceback's last line is what was raised
        text = _text(event, "traceback").rstrip().rpartition("\n")[2].strip() or text
    if text and (key, text) > (row[EXCEPTION_KEY], row[EXCEPTION]):
        row[EXCEPTION_KEY], row[EXCEPTION] = key, text
