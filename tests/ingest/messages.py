"""Messages as a broker would give them, and what decoding must hold for each of them."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from meadow.core.events import EventRow
from meadow.ingest.messages.decode import Decoder
from meadow.ingest.messages.decoded import Decoded
from meadow.ingest.source import Message

RECEIVED_AT = 1_795_426_900.5  # 2026-11-23T09:41:40Z
HEAD: dict[str, Any] = {
    "type": "task-started",
    "hostname": "w1@vm",
    "timestamp": RECEIVED_AT - 1,
    "pid": 14220,
    "clock": 22,
}
JSON = "application/json"
PICKLE = "application/x-python-serialize"
UINT32, UINT64 = 2**32, 2**64

decode = Decoder(tenant_id=7, cluster_id=9)


def message(body: Any, *, content_type: str = JSON, received_at: float = RECEIVED_AT) -> Message:
    """body: bytes as they are, anything else as Celery's own encoder writes it."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Message(data, content_type, "utf-8", "task.multi", received_at)


def decoded(body: Any, *, content_type: str = JSON, received_at: float = RECEIVED_AT) -> Decoded:
    return decode([message(body, content_type=content_type, received_at=received_at)])


def event(**fields: Any) -> EventRow:
    """The row of one event with these fields beside the head; exactly one must come out."""
    result = decoded(HEAD | fields)
    assert not result.dead
    assert len(result.events) == 1
    return result.events[0]


def fields(row: EventRow) -> dict[str, Any]:
    return dict(orjson.loads(row.get("fields", "{}") or "{}"))


def marks(row: EventRow) -> dict[str, Any]:
    return dict(orjson.loads(row.get("marks", "{}") or "{}"))


def reasons(result: Decoded) -> list[str]:
    return [str(letter.reason) for letter in result.dead]


IDS = ("task_id", "type", "hostname", "name", "queue", "routing_key", "exchange", "root_id", "parent_id")
PAYLOADS = ("args", "kwargs", "result", "exception", "traceback", "fields", "marks")
WORKER_TEXTS = ("hostname", "type", "software", "version", "system")
REALS = ("runtime_s", "freq_s", "load1", "load5", "load15")
INTEGERS = {
    "tenant_id": UINT32, "cluster_id": UINT32, "pid": UINT32, "clock": UINT64, "retries": 2**16,
    "active": UINT32, "processed": UINT64, "body_bytes": UINT64,
}  # fmt: skip


def must_be_storable(result: Decoded) -> None:
    """Every row is JSON, and within the types of the schema."""
    for row in [*result.events, *result.workers]:
        must_fit(row)
    for letter in result.dead:
        dead = letter.row(7, 9)
        must_fit(dead)
        base64.b64decode(dead["body"], validate=True)


def must_fit(row: Mapping[str, Any]) -> None:
    orjson.dumps(row)  # refuses lone surrogates
    for name, value in row.items():
        if name in INTEGERS:
            assert type(value) is int
            assert 0 <= value < INTEGERS[name]
        elif name in REALS:
            assert math.isfinite(value)
            assert abs(value) <= 3.4e38
        elif name in ("at", "received_at", "eta", "expires"):
            assert 0 <= value < 10_413_792_000
            assert value == round(value, 6)
        else:
            assert isinstance(value, str)
            must_be_short(name, value, row)


def must_be_short(name: str, value: str, row: Mapping[str, Any]) -> None:
    if name in IDS or name in WORKER_TEXTS:
        assert len(value) <= 255
    for column in ("fields", "marks"):
        if name == column and value:
            assert isinstance(orjson.loads(value), dict)


def texts(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(list(rows)).decode()
