"""Whatever comes in: rows or dead letters come out, they fit the schema, and the same ones each time."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from meadow.core.events import event_id
from meadow.ingest.counts import Counts
from meadow.ingest.messages.decode import Decoder
from meadow.ingest.pipeline import PipelineSettings, stages, through
from meadow.ingest.source import Message
from tests.ingest.messages import HEAD, JSON, PAYLOADS, PICKLE, decode, message, must_be_storable

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.integers(2**60, 2**70) | st.floats()
    | st.text() | st.text(st.characters(codec=None)) | st.sampled_from(["2026-11-23T10:00:00", "12", "1e5", "x" * 300])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)
FIELDS = [
    "type", "hostname", "timestamp", "pid", "clock", "uuid", "name", "args", "kwargs", "result", "exception", "traceback",
    "retries", "eta", "expires", "runtime", "queue", "exchange", "routing_key", "root_id", "parent_id", "utcoffset", "freq",
    "active", "processed", "loadavg", "sw_ver", "custom", "password",
]  # fmt: skip
TYPES = st.sampled_from(["task-sent", "worker-heartbeat", "worker-online", "x", "meadow-gap"])
EVENTS = st.builds(
    lambda kind, strange: HEAD | {"type": kind} | strange, TYPES, st.dictionaries(st.sampled_from(FIELDS), VALUES)
)
CONTENT_TYPES = st.sampled_from([JSON, PICKLE, "application/x-yaml", "application/x-msgpack", ""]) | st.text()
CAPS = {"args": 4096, "kwargs": 4096, "result": 4096, "exception": 8192, "traceback": 65_536, "fields": 16_384}


def finished(batch: list[Message]) -> Any:
    decoded = Decoder(7, 9)(batch)
    return through(stages(PipelineSettings(heartbeat_every_s=0), Counts(), lambda: 0.0), decoded)


def must_hold(batch: list[Message]) -> None:
    first = finished(batch)
    must_be_storable(first)
    for row in first.events:
        for column in PAYLOADS:
            assert len(row.get(column, "")) <= CAPS.get(column, 16_384)
    again = finished(batch)
    assert again == first
    assert [event_id(row) for row in again.events] == [event_id(row) for row in first.events]
    assert first.received >= len({event_id(row) for row in first.events})


@given(st.binary(), CONTENT_TYPES, st.text(), st.text())
def test_any_bytes(body: bytes, content_type: str, encoding: str, routing_key: str) -> None:
    must_hold([Message(body, content_type, encoding, routing_key, 1_795_426_900.5)])


@given(VALUES)
def test_any_json(value: Any) -> None:
    must_hold([message(value)])


@settings(max_examples=60)
@given(st.lists(EVENTS, max_size=4), st.booleans())
def test_any_value_in_any_field(events: list[dict[str, Any]], escaped: bool) -> None:
    text = json.dumps(events, ensure_ascii=escaped)
    must_hold([message(text.encode("utf-8", "surrogatepass"))])
    must_hold([message(event) for event in events])


@given(st.dictionaries(st.text(), VALUES, max_size=6))
def test_any_unknown_field_is_kept_or_its_change_is_told(extra: dict[str, Any]) -> None:
    decoded = decode([message(extra | HEAD)])
    assert not decoded.dead
    assert len(decoded.events) == 1


@given(EVENTS, st.integers(1, 60))
def test_a_cut_off_message_is_a_dead_letter(event: dict[str, Any], cut: int) -> None:
    body = message(event).body
    decoded = decode([message(body[:-cut])])
    must_be_storable(decoded)
    assert len(decoded.dead) == 1
