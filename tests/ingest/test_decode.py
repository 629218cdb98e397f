"""What Celery sends becomes rows, quirk by quirk."""

from __future__ import annotations

from typing import Any

import pytest

from meadow.core.events import event_id
from tests.ingest.messages import HEAD, RECEIVED_AT, decoded, event, fields, marks, message, reasons
from tests.ingest.messages import decode as decode_all

DAY = 86_400
TODAY = RECEIVED_AT // DAY * DAY


def test_every_known_field_has_its_column() -> None:
    row = event(
        uuid="u", name="proj.add", args="(2,)", kwargs="{}", root_id="r", parent_id="p", retries=2, queue="celery",
        exchange="x", routing_key="rk", result="5", runtime=0.25, exception="E()", traceback="T",
        eta="2026-11-23T10:00:00.123456+00:00", expires="2026-11-23T11:00:00",
    )  # fmt: skip
    assert row == {
        "tenant_id": 7, "cluster_id": 9, "type": "task-started", "hostname": "w1@vm", "pid": 14220, "clock": 22,
        "at": RECEIVED_AT - 1, "received_at": RECEIVED_AT,
        "task_id": "u", "name": "proj.add", "args": "(2,)", "kwargs": "{}", "root_id": "r", "parent_id": "p", "retries": 2,
        "queue": "celery", "exchange": "x", "routing_key": "rk", "result": "5", "runtime_s": 0.25, "exception": "E()",
        "traceback": "T", "eta": 1_795_428_000.123456, "expires": 1_795_431_600.0,
    }  # fmt: skip


def test_null_is_absent_and_an_unknown_null_is_kept() -> None:
    row = event(parent_id=None, eta=None, runtime=None, signum=None)
    assert not row.keys() & {"parent_id", "eta", "runtime_s"}
    assert fields(row) == {"signum": None}


def test_unknown_types_and_fields_are_kept() -> None:
    row = event(type="billing.charged", amount=12.5, tags=["a", {"b": None}])
    assert (row["type"], fields(row)) == ("billing.charged", {"amount": 12.5, "tags": ["a", {"b": None}]})
    assert "marks" not in row


def test_fields_of_the_sender_never_become_columns_of_ours() -> None:
    row = event(tenant_id=1, cluster_id=1, task_id="forged", at=5, received_at=5, fields={"a": 1}, marks="x")
    assert (row["tenant_id"], row["cluster_id"], row["task_id"], row["received_at"]) == (7, 9, "", RECEIVED_AT)
    assert fields(row).keys() == {"tenant_id", "cluster_id", "task_id", "at", "received_at", "fields", "marks"}


def test_a_list_is_many_events_and_a_broken_element_costs_only_itself() -> None:
    result = decoded([HEAD | {"uuid": "a"}, 3, {"type": "task-sent"}, HEAD | {"uuid": "b"}])
    assert [row["task_id"] for row in result.events] == ["a", "b"]
    assert [letter.body for letter in result.dead] == [b"3", b'{"type":"task-sent"}']
    assert (result.received, reasons(result)) == (4, ["not_an_event", "not_an_event"])


@pytest.mark.parametrize("utcoffset", [0, 0.0, -5.5, 13])
def test_utcoffset_never_moves_a_time(utcoffset: float) -> None:
    row = event(utcoffset=utcoffset)
    assert row["at"] == RECEIVED_AT - 1
    assert fields(row) == ({"utcoffset": utcoffset} if utcoffset else {})


def test_times_are_kept_to_the_microsecond() -> None:
    row = decoded(HEAD | {"timestamp": 1795426899.7764964}, received_at=1795426900.1234567).events[0]
    assert (row["at"], row["received_at"]) == (1795426899.776496, 1795426900.123457)


@pytest.mark.parametrize("timestamp", ["1795426899.5", 1795426899])
def test_a_plain_timestamp_of_another_type_is_read(timestamp: Any) -> None:
    assert event(timestamp=timestamp)["at"] == float(timestamp)


@pytest.mark.parametrize("moment", [TODAY - 30 * DAY, TODAY + 2 * DAY - 0.5, TODAY])
def test_a_believable_clock_is_believed(moment: float) -> None:
    row = event(timestamp=moment)
    assert row["at"] == moment
    assert "marks" not in row


@pytest.mark.parametrize("moment", [0, -1.5, 5.25, TODAY - 30 * DAY - 1, TODAY + 2 * DAY, 2e9, 1e300, 4e18])
def test_an_absurd_clock_gets_the_date_of_receipt_and_keeps_its_time_of_day(moment: float) -> None:
    row = event(timestamp=moment)
    assert row["at"] == round(TODAY + moment % DAY, 6)
    assert marks(row) == {"timestamp": moment}


def test_an_absurd_clock_decodes_the_same_all_day() -> None:
    early, late = (decoded(HEAD | {"timestamp": 12.5}, received_at=TODAY + at).events[0] for at in (0, DAY - 0.001))
    assert event_id(early) == event_id(late)


@pytest.mark.parametrize(
    ("key", "given", "column", "expected"),
    [
        ("pid", "123", "pid", 123),
        ("clock", 5.0, "clock", 5),
        ("clock", str(2**64 - 1), "clock", 2**64 - 1),
        ("uuid", 42, "task_id", "42"),
        ("args", [1, "a"], "args", '[1,"a"]'),
        ("result", {"a": None}, "result", '{"a":null}'),
        ("exception", 5, "exception", "5"),
        ("runtime", "0.5", "runtime_s", 0.5),
        ("runtime", 2, "runtime_s", 2.0),
        ("eta", 1_795_428_000, "eta", 1_795_428_000.0),
        ("eta", "2026-11-23T12:00:00+02:00", "eta", 1_795_428_000.0),
        ("eta", "2026-11-23T10:00:00Z", "eta", 1_795_428_000.0),
    ],
)  # fmt: skip
def test_a_value_with_a_plain_meaning_is_read(key: str, given: Any, column: str, expected: Any) -> None:
    row = event(**{key: given})
    assert row.get(column) == expected
    assert "marks" not in row


@pytest.mark.parametrize(
    ("key", "given", "column"),
    [
        ("uuid", {"a": 1}, "task_id"),
        ("uuid", True, "task_id"),
        ("retries", "x", "retries"),
        ("retries", 65_536, "retries"),
        ("retries", -1, "retries"),
        ("retries", True, "retries"),
        ("runtime", "fast", "runtime_s"),
        ("runtime", 1e39, "runtime_s"),
        ("runtime", [1], "runtime_s"),
        ("clock", -1, "clock"),
        ("clock", 2.5, "clock"),
        ("pid", "twelve", "pid"),
        ("pid", "１２", "pid"),
        ("pid", 2**32, "pid"),
        ("name", ["a"], "name"),
        ("eta", "tomorrow", "eta"),
        ("eta", -5, "eta"),
        ("expires", "9999-12-31T23:59:59", "expires"),
        ("expires", "1" * 5000, "expires"),
        ("expires", False, "expires"),
    ],
)
def test_a_value_that_makes_no_sense_is_kept_as_it_is_and_marked(key: str, given: Any, column: str) -> None:
    head = {name: value for name, value in HEAD.items() if name != key}
    row = decoded(head | {key: given}).events[0]
    assert row.get(column) in (None, "")
    assert fields(row) == {key: given}
    assert marks(row) == {"odd": [key]}


def test_integers_beyond_64_bit_are_kept_as_text() -> None:
    row = event(clock=2**80, total=[-(2**63) - 1], fine=2**64 - 1)
    assert "clock" in marks(row)["odd"]
    assert fields(row) == {"clock": str(2**80), "total": [str(-(2**63) - 1)], "fine": 2**64 - 1}
    assert marks(row)["repaired"] == ["clock", "total"]


@pytest.mark.parametrize("digits", ["9" * 999, "9" * 5000])
def test_integers_of_thousands_of_digits_are_kept_as_text(digits: str) -> None:
    body = b'{"type":"a","hostname":"h","timestamp":1795426899.5,"n":%s}' % digits.encode()
    assert fields(decoded(body).events[0]) == {"n": digits}


def test_a_float_that_looks_like_a_large_integer_stays_a_float() -> None:
    row = event(big=1e30, small=1e-30)
    assert fields(row) == {"big": 1e30, "small": 1e-30}
    assert "marks" not in row


def test_what_celery_writes_beyond_json_is_read() -> None:
    head = b'{"type":"task-succeeded","hostname":"h","timestamp":1795426899.5,'
    body = head + b'"runtime":NaN,"x":[Infinity,1e999],"y":"\\ud800!"}'
    row = decoded(body).events[0]
    assert fields(row) == {"x": [None, None], "y": "�!"}
    assert "runtime_s" not in row
    assert marks(row) == {"repaired": ["runtime", "x", "y"]}


def test_one_event_that_is_not_json_leaves_the_others_of_its_list_as_they_were() -> None:
    plain = HEAD | {"uuid": "a", "note": "é☃😀"}
    alone, beside = decoded([plain]).events[0], decoded([plain, HEAD | {"x": float("nan")}]).events[0]
    assert alone == beside


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_other_unicode_encodings_are_read(encoding: str) -> None:
    text = '{"type":"a","hostname":"hé","timestamp":1795426899.5}'
    assert decoded(text.encode(encoding)).events[0]["hostname"] == "hé"


def test_ids_are_cut_visibly_and_payloads_are_not_cut_here() -> None:
    row = event(uuid="u" * 300, name="n" * 255, hostname="h" * 256, args="a" * 9000, type="t" * 1000)
    assert row["task_id"] == "u" * 254 + "…"
    assert (len(row["hostname"]), len(row["type"]), len(row["args"])) == (255, 255, 9000)
    assert marks(row)["cut"] == {"task_id": 300, "hostname": 256, "type": 1000}


def test_huge_fields_keep_what_fits_as_a_whole() -> None:
    row = event(secretless="x" * 300_000, small=5)
    assert fields(row) == {"secretless": "…", "small": 5}
    assert marks(row)["cut"]["fields"] > 300_000


def test_decoding_twice_gives_the_same_rows_and_ids() -> None:
    batch = [message([HEAD | {"uuid": "a"}, HEAD | {"uuid": "b", "x": 2**70}, 5]), message(HEAD | {"timestamp": 1})]
    again, later = decode_all(batch), decode_all([message([HEAD | {"uuid": "a"}], received_at=RECEIVED_AT + 60)])
    assert decode_all(batch) == again
    assert event_id(later.events[0]) == event_id(again.events[0])
    assert len({event_id(row) for row in again.events}) == 3
