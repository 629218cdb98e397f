"""What an event is: one thing a cluster said, or one thing Meadow observed or did; a row, immutable once appended."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, TypedDict


class EventRow(TypedDict, total=False):
    """One row of `events`, under the store's column names. Absent means the column's default.

    at           when the sender says it happened: epoch seconds, six decimals; moved into bounds if its clock is absurd.
    received_at  when Meadow took it from the broker: epoch seconds, six decimals.
    eta, expires epoch seconds, or absent.
    fields       JSON object of every other field the sender gave, as text; "" when there is none.
    marks        JSON object of what Meadow changed, as text: `cut` {column: original length}, `redacted` [columns],
                 `timestamp` the sender's own when `at` was moved, `odd` [fields of a strange type, kept in `fields`],
                 `repaired` [fields with something JSON has no word for]; "" when nothing was.
    The rest is Celery 5.7's field of the same meaning. hostname, type and task_id are never longer than 255.
    """

    tenant_id: int
    cluster_id: int
    task_id: str
    type: str
    at: float
    received_at: float
    hostname: str
    pid: int
    clock: int
    name: str
    args: str
    kwargs: str
    retries: int
    eta: float
    expires: float
    queue: str
    routing_key: str
    exchange: str
    root_id: str
    parent_id: str
    result: str
    runtime_s: float
    exception: str
    traceback: str
    fields: str
    marks: str


class WorkerRow(TypedDict, total=False):
    """One row of `workers`: what a worker said of itself, in a heartbeat, at its start or at its end.

    active, processed, load1… are absent in a heartbeat that was asked for (Celery 5.7 leaves them out).
    """

    tenant_id: int
    cluster_id: int
    hostname: str
    pid: int
    type: str
    at: float
    received_at: float
    freq_s: float
    active: int
    processed: int
    load1: float
    load5: float
    load15: float
    software: str
    version: str
    system: str


class DeadLetterRow(TypedDict):
    """One row of `dead_letters`: what could not be decoded or stored, with its reason; the body in base64, capped."""

    tenant_id: int
    cluster_id: int
    received_at: float
    reason: str
    detail: str
    content_type: str
    content_encoding: str
    routing_key: str
    body: str
    body_bytes: int


OWN_PREFIX = "meadow-"  # types Meadow itself appends; refused from a broker, or an audit trail could be forged
GAP = "meadow-gap"  # fields: reason, since, until; the source may have lost events between the two
COLLECTOR = "meadow-collector"  # fields: collector, counts {name: total since this collector started}
LOST = "meadow-lost"  # fields: evidence; Meadow's verdict on one task
COMMAND_ASKED = "meadow-command-asked"  # fields: see control; one event a command and one a task it names
COMMAND_ANSWERED = "meadow-command-answered"
SNAPSHOT = "meadow-snapshot"  # of a worker, its hostname; fields: what, value (JSON as text), cut, error, command_id
REGISTRY_CHANGED = "meadow-registry-changed"  # fields: change (added, changed, removed), by, broker (masked), version

IDENTITY = ("tenant_id", "cluster_id", "hostname", "pid", "clock", "at", "type", "task_id")


def event_id(row: Mapping[str, Any]) -> str:
    """The event's identity: 32 hex digits, equal on redelivery and on redundant subscribers.

    Hashes the sender's time, never `received_at`. `at` counts in whole microseconds, so a float and a decimal agree.
    """
    parts = (row.get(name, "") for name in IDENTITY)
    text = "\x1f".join(str(round(p * 1_000_000)) if isinstance(p, float) else str(p) for p in parts)
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()
