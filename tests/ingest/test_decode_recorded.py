"""Messages as each version of Celery sends them, field by field as measured on real brokers, decode without a loss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from meadow.core.events import event_id
from meadow.ingest.messages.decoded import Decoded
from meadow.ingest.source import Message
from tests.ingest.messages import RECEIVED_AT, decode, fields, must_be_storable

FOLDER = Path(__file__).parent.parent / "recorded"
VERSIONS = sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def recorded(version: str) -> list[Message]:
    lines = [orjson.loads(line) for line in (FOLDER / f"{version}.jsonl").read_bytes().splitlines()]
    return [
        Message(line["body"].encode(), line["content_type"], line["content_encoding"], line["routing_key"], RECEIVED_AT)
        for line in lines
    ]


def said(messages: list[Message]) -> list[dict[str, Any]]:
    bodies = [orjson.loads(message.body) for message in messages]
    return [event for body in bodies for event in (body if isinstance(body, list) else [body])]


def by_type(decoded: Decoded, kind: str) -> list[Any]:
    return [row for row in decoded.events if row["type"] == kind]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_event_comes_out_once(version: str) -> None:
    messages = recorded(version)
    decoded, events = decode(messages), said(messages)
    must_be_storable(decoded)
    assert not decoded.dead
    assert decoded.received == len(events)
    assert [row["type"] for row in decoded.events] == [e["type"] for e in events if e["type"] != "worker-heartbeat"]
    assert len(decoded.workers) == sum(
        e["type"] in ("worker-online", "worker-heartbeat", "worker-offline") for e in events
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_changed_and_no_time_is_moved(version: str) -> None:
    messages = recorded(version)
    times = [round(e["timestamp"], 6) for e in said(messages) if e["type"] != "worker-heartbeat"]
    decoded = decode(messages)
    assert [row["at"] for row in decoded.events] == times
    assert not [row for row in decoded.events if "marks" in row]


@pytest.mark.parametrize("version", VERSIONS)
def test_ids_differ_and_are_equal_on_redelivery(version: str) -> None:
    messages = recorded(version)
    ids = [event_id(row) for row in decode(messages).events]
    assert len(set(ids)) == len(ids)
    assert {event_id(row) for row in decode(messages[::-1]).events} == set(ids)


def test_celery_5_7_says_where_a_task_waits_only_when_it_is_sent() -> None:
    decoded = decode(recorded("celery-5.7"))
    sent, received = by_type(decoded, "task-sent")[0], by_type(decoded, "task-received")[0]
    assert (sent["hostname"], sent["queue"], sent["routing_key"], sent["exchange"]) == (
        "gen14571@vm",
        "celery",
        "celery",
        "",
    )
    assert "queue" not in received


def test_celery_5_7_says_what_has_no_column_in_fields() -> None:
    decoded = decode(recorded("celery-5.7"))
    revoked, progress = by_type(decoded, "task-revoked")[0], by_type(decoded, "task-progress")[0]
    assert fields(revoked) == {"utcoffset": -5.5, "terminated": False, "signum": None, "expired": True}
    assert fields(progress) == {"utcoffset": -5.5, "pct": 50, "note": "custom"}
    assert "runtime_s" not in by_type(decoded, "task-succeeded")[1]


def test_celery_5_2_answers_a_heartbeat_command_without_counters() -> None:
    rows = decode(recorded("celery-5.2")).workers
    assert [row.get("processed") for row in rows] == [25, None]


def test_celery_3_1_knows_neither_root_nor_parent() -> None:
    rows = decode(recorded("celery-3.1")).events
    assert not [row for row in rows if "root_id" in row or "parent_id" in row]
    assert by_type(decode(recorded("celery-3.1")), "task-received")[0]["expires"] == 1_795_428_000.0
