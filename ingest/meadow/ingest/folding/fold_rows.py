"""What the fold knows of one task: its row of `tasks`, in memory, in the store, and as a tombstone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Row = list[Any]  # in the order of COLUMNS; times are epoch seconds in whole milliseconds, 0.0 = none

COLUMNS = (
    "tenant_id", "anchor", "task_id", "cluster_id", "rank", "name", "queue", "worker", "sent_key", "received_key",
    "started_at", "runtime_s", "custom", "args", "kwargs", "result", "exception", "exception_key", "root_id", "parent_id",
    "eta", "expires", "seen", "moved", "version", "is_deleted",
)  # fmt: skip
(TENANT, ANCHOR, TASK, CLUSTER, RANK, NAME, QUEUE, WORKER, SENT, RECEIVED,
 STARTED, RUNTIME, CUSTOM, ARGS, KWARGS, RESULT, EXCEPTION, EXCEPTION_KEY, ROOT, PARENT,
 ETA, EXPIRES, SEEN, MOVED, VERSION, DELETED) = range(len(COLUMNS))  # fmt: skip

HEADER = (NAME, ARGS, KWARGS, ROOT, PARENT, ETA, EXPIRES)  # one group: of the same event

NOWHERE = -1.0  # the anchor of a task of which nothing is known

# rank = class << 56 | milliseconds << 8 | state code
PENDING, ACTIVE, REVOKED, FAILED, SUCCEEDED = (n << 56 for n in range(1, 6))
(SAW_SENT, SAW_RECEIVED, SAW_STARTED, SAW_SUCCEEDED, SAW_FAILED, SAW_RETRIED, SAW_REVOKED, SAW_REJECTED,
 SAW_CUSTOM, SAW_LOST) = (1 << bit for bit in range(10))  # fmt: skip


def new(tenant: int, cluster: int, task: str) -> Row:
    """The bottom element: a task of which nothing is known."""
    return [tenant, NOWHERE, task, cluster, 0, "", "", "", 0, 0,
            0.0, 0.0, "", "", "", "", "", 0, "", "",
            0.0, 0.0, 0, [], 0, 0]  # fmt: skip


def tombstones(row: Row) -> list[Row]:
    """Deleted copies under every key the task ever had. Each carries the whole state, and the live key first in `moved`:
    after a kill `task_ids` may know only an old key, and a look-up by it must still find everything."""
    return [_tombstone(row, anchor) for anchor in row[MOVED]]


def _tombstone(row: Row, anchor: float) -> Row:
    dead = row.copy()
    dead[ANCHOR], dead[DELETED] = anchor, 1
    dead[MOVED] = [row[ANCHOR], *(moved for moved in row[MOVED] if moved != anchor)]
    return dead


def restore(stored: Iterable[Any]) -> Row:
    """A state from a row read back, live or deleted."""
    row = list(stored)
    row[MOVED] = list(row[MOVED])
    if row[DELETED]:
        live, *others = row[MOVED] or [row[ANCHOR]]
        row[MOVED] = [row[ANCHOR], *others]
        row[ANCHOR], row[DELETED] = live, 0
    return row


def finished(row: Row) -> bool:
    """Whether its state is terminal; more events may come all the same."""
    return bool(row[RANK] >= REVOKED)


def text_bytes(row: Row) -> int:
    """About what its long texts hold, in characters."""
    return len(row[ARGS]) + len(row[KWARGS]) + len(row[RESULT]) + len(row[EXCEPTION])
