"""What workers say of themselves, and what only Meadow may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ingest.messages import HEAD, RECEIVED_AT, decoded, fields, marks, reasons

BEAT: dict[str, Any] = HEAD | {
    "type": "worker-heartbeat", "utcoffset": 0.0, "freq": 2.0, "active": 1, "processed": 26, "loadavg": [0.8, 0.53, 0.27],
    "sw_ident": "py-celery", "sw_ver": "5.7.0", "sw_sys": "Linux",
}  # fmt: skip
ROW = {
    "tenant_id": 7, "cluster_id": 9, "hostname": "w1@vm", "pid": 14220, "type": "worker-heartbeat",
    "at": RECEIVED_AT - 1, "received_at": RECEIVED_AT, "freq_s": 2.0, "active": 1, "processed": 26,
    "load1": 0.8, "load5": 0.53, "load15": 0.27, "software": "py-celery", "version": "5.7.0", "system": "Linux",
}  # fmt: skip


def test_a_heartbeat_is_a_worker_row_only() -> None:
    result = decoded(BEAT)
    assert result.workers == [ROW]
    assert not result.events
    assert result.received == 1


@pytest.mark.parametrize("kind", ["worker-online", "worker-offline"])
def test_a_beginning_and_an_end_are_events_too(kind: str) -> None:
    result = decoded(BEAT | {"type": kind})
    assert result.workers == [ROW | {"type": kind}]
    assert [row["type"] for row in result.events] == [kind]
    assert fields(result.events[0]).keys() == {"freq", "active", "processed", "loadavg", "sw_ident", "sw_ver", "sw_sys"}


def test_a_heartbeat_that_was_asked_for_has_no_counters() -> None:
    asked = {name: BEAT[name] for name in BEAT if name not in ("active", "processed", "loadavg")} | {"freq": 5}
    row = decoded(asked).workers[0]
    assert row["freq_s"] == 5.0
    assert not row.keys() & {"active", "processed", "load1"}


@pytest.mark.parametrize(
    ("key", "given", "columns"),
    [
        ("active", "many", {"active"}),
        ("processed", 2**70, {"processed"}),
        ("processed", -1, {"processed"}),
        ("loadavg", "0.8", {"load1", "load5", "load15"}),
        ("loadavg", [1, None, float("nan")], {"load5", "load15"}),
        ("loadavg", [1, 2, "x"], {"load15"}),
        ("freq", {}, {"freq_s"}),
        ("sw_ver", 5, {"version"}),
    ],
)
def test_a_strange_heartbeat_counts_for_what_is_plain_and_is_kept_whole(
    key: str, given: Any, columns: set[str]
) -> None:
    result = decoded(BEAT | {key: given})
    assert result.workers == [{name: ROW[name] for name in ROW if name not in columns} | _plain(given, columns)]
    assert not result.dead


def _plain(given: Any, columns: set[str]) -> dict[str, float]:
    return {"load1": 1.0} | ({"load5": 2.0} if "load5" not in columns else {}) if isinstance(given, list) else {}


def test_a_strange_heartbeat_is_an_event_with_the_value_in_it() -> None:
    row = decoded(BEAT | {"active": "many"}).events[0]
    assert (row["type"], fields(row)["active"]) == ("worker-heartbeat", "many")


def test_texts_of_a_worker_are_cut() -> None:
    row = decoded(BEAT | {"sw_ident": "x" * 300, "hostname": "h" * 300}).workers[0]
    assert (len(row["software"]), len(row["hostname"])) == (255, 255)


def test_an_absurd_clock_of_a_worker_is_moved_like_any_other() -> None:
    result = decoded(BEAT | {"type": "worker-online", "timestamp": 60})
    assert result.workers[0]["at"] == result.events[0]["at"]
    assert marks(result.events[0])["timestamp"] == 60


@pytest.mark.parametrize("kind", ["meadow-gap", "meadow-command-asked", "meadow-", "meadow-anything"])
def test_only_meadow_says_what_meadow_says(kind: str) -> None:
    result = decoded(HEAD | {"type": kind, "fields": "{}"})
    assert reasons(result) == ["reserved_type"]
    assert not result.events


@pytest.mark.parametrize("kind", ["Meadow-gap", "meadow", "task-meadow-gap", " meadow-gap"])
def test_what_only_resembles_it_is_kept(kind: str) -> None:
    assert decoded(HEAD | {"type": kind}).events[0]["type"] == kind


def test_an_escaped_prefix_is_the_prefix() -> None:
    body = b'{"type":"\\u006deadow-gap","hostname":"h","timestamp":1795426899.5}'
    assert reasons(decoded(body)) == ["reserved_type"]
