"""What a command is: read, bounded, refused before anything is sent, and honest about its effects."""

from __future__ import annotations

from typing import Any

import pytest

from meadow.control.command import Command, Known
from meadow.control.commands.ping import Ping
from meadow.control.commands.rate_limit import RateLimit
from meadow.control.commands.revoke import SIGNALS, Revoke
from meadow.control.order import read_order
from meadow.core.errors import BadCommand


def order(command: str, **arguments: Any) -> Command:
    return read_order({"command": command, "arguments": arguments}, None).command


def test_commands_are_sent_as_celery_names_them() -> None:
    assert order("ping").celery() == {}
    revoke = order("revoke", task_ids=["a", "b", "a"], terminate=True, signal="SIGKILL")
    assert revoke.celery() == {"task_id": ["a", "b"], "terminate": True, "signal": "SIGKILL"}
    assert revoke.arguments() == {"task_ids": ["a", "b"], "terminate": True, "signal": "SIGKILL"}
    assert order("rate_limit", task_name="t", rate_limit=0).celery() == {"task_name": "t", "rate_limit": "0"}


@pytest.mark.parametrize("rate", ["5/m", "10/s", "1/h", "0", "0.5/s", "7", 7, 0, 2.5])
def test_rates_that_celery_reads(rate: object) -> None:
    order("rate_limit", task_name="tests.add", rate_limit=rate)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "command"),
        ({"command": "shutdown"}, "command"),
        ({"command": ["ping"]}, "command"),
        ({"command": "ping", "arguments": {"a": 1}}, "arguments"),
        ({"command": "ping", "arguments": []}, "arguments"),
        ({"command": "ping", "surprise": 1}, "body"),
        ({"command": "ping", "dry_run": 1}, "dry_run"),
        ({"command": "ping", "reason": "x" * 1001}, "reason"),
        ({"command": "ping", "reason": 5}, "reason"),
        ({"command": "ping", "destination": []}, "destination"),
        ({"command": "ping", "destination": "w1@test"}, "destination"),
        ({"command": "ping", "destination": ["x" * 256]}, "destination"),
        ({"command": "ping", "destination": ["a\nb"]}, "destination"),
        ({"command": "revoke"}, "arguments.task_ids"),
        ({"command": "revoke", "arguments": {"task_ids": []}}, "arguments.task_ids"),
        ({"command": "revoke", "arguments": {"task_ids": "abc"}}, "arguments.task_ids"),
        ({"command": "revoke", "arguments": {"task_ids": ["x"] * 501}}, "arguments.task_ids"),
        ({"command": "revoke", "arguments": {"task_ids": ["x" * 256]}}, "arguments.task_ids"),
        ({"command": "revoke", "arguments": {"task_ids": [""]}}, "arguments.task_ids"),
        ({"command": "revoke", "arguments": {"task_ids": [1]}}, "arguments.task_ids"),
        ({"command": "revoke", "arguments": {"task_ids": ["x"], "signal": "SIGSTOP"}}, "arguments.signal"),
        ({"command": "revoke", "arguments": {"task_ids": ["x"], "terminate": "yes"}}, "arguments.terminate"),
        ({"command": "revoke", "arguments": {"task_id": ["x"]}}, "arguments"),
        ({"command": "rate_limit", "arguments": {"rate_limit": "5/m"}}, "arguments.task_name"),
        ({"command": "rate_limit", "arguments": {"task_name": "t"}}, "arguments.rate_limit"),
        ({"command": "rate_limit", "arguments": {"task_name": "t", "rate_limit": "5/y"}}, "arguments.rate_limit"),
        ({"command": "rate_limit", "arguments": {"task_name": "t", "rate_limit": True}}, "arguments.rate_limit"),
        ({"command": "rate_limit", "arguments": {"task_name": "t", "rate_limit": -1}}, "arguments.rate_limit"),
        ({"command": "rate_limit", "arguments": {"task_name": "t", "rate_limit": 1e300}}, "arguments.rate_limit"),
    ],
)
def test_an_order_that_is_none_names_the_field_and_what_would_do(body: dict[str, Any], field: str) -> None:
    with pytest.raises(BadCommand) as caught:
        read_order(body, None)
    assert caught.value.extra["field"] == field
    assert caught.value.extra["accepts"]


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "é", "a\n"])
def test_a_key_that_is_none(key: str) -> None:
    with pytest.raises(BadCommand, match="key"):
        read_order({"command": "ping"}, key)


def test_effects_count_what_is_known_and_say_what_is_not() -> None:
    states = {"a": "STARTED", "b": "SUCCESS", "c": "RECEIVED"}
    effects = Revoke(("a", "b", "c", "d"), terminate=True, signal=SIGNALS[0]).effects(Known(3, states))
    told = {effect.text.split(":")[0]: (effect.count, effect.unknown) for effect in effects}
    assert told["Running"] == (1, False)
    assert told["Finished already"] == (1, False)
    assert told["Not started yet"] == (1, False)
    assert told["Never heard of"] == (1, True)
    assert effects[0].shown() == {"text": "Workers are asked.", "count": 3, "unknown": False}
    assert effects[-1].unknown
    assert "go on" in Revoke(("a",)).effects(Known(3, states))[1].text


def test_effects_of_the_others() -> None:
    assert Ping().effects(Known())[0].unknown
    texts = " ".join(effect.text for effect in RateLimit("tests.add", "5/m").effects(Known(1)))
    assert "at most 5 a minute" in texts
    assert "as often as they can" in RateLimit("t", "0/s").effects(Known(1))[1].text
