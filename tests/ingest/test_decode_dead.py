"""What cannot be understood becomes a dead letter with its reason, and bombs are refused before they cost much."""

from __future__ import annotations

import base64
import bz2
import zlib
from typing import Any

import orjson
import pytest

from meadow.ingest.messages.decode_body import BODY_BYTES_MAX, ELEMENTS_MAX
from tests.ingest.messages import HEAD, decode, decoded, message, must_be_storable, reasons

EVENT = orjson.dumps(HEAD)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b'{"type":}', "malformed"),
        (EVENT + EVENT, "malformed"),
        (zlib.compress(EVENT), "encoding"),
        (bz2.compress(EVENT), "encoding"),
        (b'{"type":"\xff"}', "encoding"),
        (b"\x00", "malformed"),
        (b"5", "not_an_event"),
        (b'"text"', "not_an_event"),
        (b"null", "not_an_event"),
        (b"{}", "not_an_event"),
        (b"[[]]", "not_an_event"),
        (b"[" * 100_000, "too_deep"),
        (b"[" * 1_000 + b"]" * 1_000, "not_an_event"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too_deep"),
        (b"[" + b"1," * ELEMENTS_MAX + b"1]", "too_large"),
        (b" " * (BODY_BYTES_MAX + 1), "too_large"),
    ],
    ids=range(19),
)
def test_a_body_that_is_no_event(body: bytes, reason: str) -> None:
    result = decoded(body)
    assert reasons(result) == [reason]
    assert result.received == 1
    assert not result.events
    must_be_storable(result)


@pytest.mark.parametrize("depth", [260, 900, 1_500])
@pytest.mark.parametrize("inmost", [b"1", b"NaN"])
def test_an_event_nested_too_deep_is_refused_whichever_way_it_is_read(depth: int, inmost: bytes) -> None:
    body = EVENT[:-1] + b',"x":' + b"[" * depth + inmost + b"]" * depth + b"}"
    assert reasons(decoded(body)) == ["too_deep"]


def test_an_event_nested_deep_but_not_too_deep_is_kept() -> None:
    body = EVENT[:-1] + b',"x":' + b"[" * 200 + b"]" * 200 + b"}"
    assert len(decoded(body).events) == 1


@pytest.mark.parametrize(
    "lacking",
    [
        {"type": None}, {"type": 5}, {"type": ""}, {"hostname": None}, {"hostname": {}}, {"hostname": ""},
        {"timestamp": None}, {"timestamp": "now"}, {"timestamp": "nan"}, {"timestamp": True}, {"timestamp": float("inf")},
        {"timestamp": float("nan")}, {"timestamp": []}, {"timestamp": "1_000"}, {"timestamp": "1e999"},
    ],
    ids=str,
)  # fmt: skip
def test_an_event_needs_a_type_a_hostname_and_a_time(lacking: dict[str, Any]) -> None:
    result = decoded(HEAD | lacking)
    assert reasons(result) == ["not_an_event"]
    must_be_storable(result)


@pytest.mark.parametrize("key", ["type", "hostname", "timestamp"])
def test_an_event_without_one_of_them_is_none(key: str) -> None:
    assert reasons(decoded({name: value for name, value in HEAD.items() if name != key})) == ["not_an_event"]


def test_a_timestamp_beyond_any_float_is_none() -> None:
    assert reasons(decoded(b'{"type":"a","hostname":"h","timestamp":1e400}')) == ["not_an_event"]


@pytest.mark.parametrize(
    "content_type",
    ["application/x-yaml", "application/x-msgpack", "application/data", "text/plain", "", "\ud800", "x" * 9000, "json"],
)
def test_content_types_that_are_not_read(content_type: str) -> None:
    result = decoded(EVENT, content_type=content_type)
    assert reasons(result) == ["content_type"]
    must_be_storable(result)


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON", " application/json "])
def test_json_by_its_other_spellings(content_type: str) -> None:
    assert len(decoded(EVENT, content_type=content_type).events) == 1


def test_a_letter_says_all_that_is_known_of_the_message() -> None:
    row = decoded(b"{").dead[0].row(7, 9)
    assert row == {
        "tenant_id": 7, "cluster_id": 9, "received_at": 1_795_426_900.5, "reason": "malformed",
        "detail": "The body is not JSON.", "content_type": "application/json", "content_encoding": "utf-8",
        "routing_key": "task.multi", "body": base64.b64encode(b"{").decode(), "body_bytes": 1,
    }  # fmt: skip


def test_one_bad_message_leaves_the_others_of_its_batch() -> None:
    result = decode([message(HEAD), message(b"{"), message(b"\xff"), message([HEAD, HEAD])])
    assert (len(result.events), reasons(result), result.received) == (3, ["malformed", "encoding"], 5)
