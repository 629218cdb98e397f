"""What is kept of a worker's answer: no argument, no secret, no more than fits; and what was left out is said."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from meadow.control.snapshots import KINDS, VALUE_BYTES_MAX, Shaping, Snapshot
from meadow.control.wire import Reply

CARD_LIKE = "4111 1111 1111 1111"
TASK = {
    "id": CARD_LIKE,
    "name": "pay.capture",
    "args": ["hunter2", 5],
    "kwargs": {"password": "hunter2"},
    "argsrepr": "('hunter2', 5)",
    "kwargsrepr": "{'password': 'hunter2'}",
    "delivery_info": {"routing_key": "pay", "redelivered": False},
    "time_start": 1795426899.5,
    "worker_pid": 12,
}


def kept(what: str, value: Any) -> Any:
    snapshot = Shaping()(what, Reply(True, value))
    assert (snapshot.what, snapshot.error) == (what, "")
    return orjson.loads(snapshot.value)


@pytest.mark.parametrize("what", ["active", "reserved", "scheduled"])
def test_arguments_of_tasks_are_left_out_and_their_ids_stay(what: str) -> None:
    given = [{"eta": "2026-01-01", "priority": 6, "request": TASK}] if what == "scheduled" else [TASK]
    text = orjson.dumps(kept(what, given)).decode()
    assert "hunter2" not in text
    assert "args" not in text
    one = kept(what, given)[0]
    shown = one["request"] if what == "scheduled" else one
    assert shown["id"] == CARD_LIKE
    assert (shown["name"], shown["delivery_info"]["routing_key"]) == ("pay.capture", "pay")
    assert (shown["time_start"], shown["worker_pid"]) == (1795426899.5, 12)


def test_secrets_are_hidden_whatever_they_are_in() -> None:
    conf = {
        "broker_read_url": "amqp://shop:hunter2@rabbit//",
        "result_backend": "redis://:hunter2@redis/0",
        "broker_transport_options": {"sentinel_kwargs": {"password": "hunter2"}, "private": {"a": ["hunter2"]}},
        "aws_secret_access_key": "hunter2",
        "task_default_queue": "celery",
    }
    shown = kept("conf", conf)
    assert "hunter2" not in orjson.dumps(shown).decode()
    assert shown["broker_read_url"] == "amqp://shop:***@rabbit//"
    assert shown["task_default_queue"] == "celery"
    stats = {"broker": {"alternates": ["amqp://a:hunter2@b//"], "userid": "shop"}, "total": {"auth.token_refresh": 7}}
    assert kept("stats", stats) == {
        "broker": {"alternates": ["amqp://a:***@b//"], "userid": "shop"},
        "total": {"auth.token_refresh": 7},
    }
    assert Shaping(["iban"])("conf", Reply(True, {"my_iban": "DE1"})).value == '{"my_iban":"***"}'


def test_a_refusal_is_kept_as_one_and_hides_secrets_too() -> None:
    refused = Shaping()("stats", Reply(False, {"error": "ValueError('password=hunter2')"}))
    assert refused == Snapshot("stats", "", is_cut=False, error="ValueError('password=***')")


@pytest.mark.parametrize("value", [["x" * 1000] * 900, {f"key{n}": "x" * 1000 for n in range(900)}, ["x"] * 100_000])
def test_what_is_long_is_cut_at_its_end_and_says_so(value: Any) -> None:
    snapshot = Shaping()("registered", Reply(True, value))
    assert snapshot.is_cut
    assert len(snapshot.value) <= VALUE_BYTES_MAX
    assert 0 < len(orjson.loads(snapshot.value)) < len(value)


def test_one_item_that_is_too_long_alone_leaves_nothing() -> None:
    snapshot = Shaping()("registered", Reply(True, [["x" * 1000] * 900]))
    assert (snapshot.value, snapshot.is_cut) == ("[]", True)


def test_what_was_cut_on_the_way_here_says_so() -> None:
    assert Shaping()("stats", Reply(True, {"a": "…"}, is_cut=True)).is_cut


@pytest.mark.parametrize("what", KINDS)
@pytest.mark.parametrize(
    "value", [None, 5, "text", [], {}, [None, 5, ["a"]], {"id": {"args": 1}}, [{"id": 5, "x": None}]]
)
def test_a_strange_answer_is_no_accident(what: str, value: Any) -> None:
    orjson.loads(Shaping()(what, Reply(True, value)).value)
