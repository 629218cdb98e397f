"""What a command is: read, bounded, refused before anything is sent, and honest about its effects."""

from __future__ import annotations

import re
from inspect import signature
from typing import Any

import pytest

from meadow.control.command import Command, Known
from meadow.control.commands.ping import Ping
from meadow.control.commands.rate_limit import RateLimit
from meadow.control.commands.revoke import SIGNALS, Revoke
from meadow.control.order import read_order
from meadow.control.snapshots import KINDS
from meadow.control.table import COMMANDS
from meadow.core.errors import BadCommand
from tests.house.tree import ROOT


def order(command: str, **arguments: Any) -> Command:
    return read_order({"command": command, "arguments": arguments}, None).command


def test_commands_are_sent_as_celery_names_them() -> None:
    assert order("ping").celery() == {}
    revoke = order("revoke", task_ids=["a", "b", "a"], terminate=True, signal="SIGKILL")
    assert revoke.celery() == {"task_id": ["a", "b"], "terminate": True, "signal": "SIGKILL"}
    assert revoke.arguments() == {"task_ids": ["a", "b"], "terminate": True, "signal": "SIGKILL"}
    assert order("rate_limit", task_name="t", rate_limit=0).celery() == {"task_name": "t", "rate_limit": "0"}


def test_workers_are_told_what_celery_takes() -> None:
    limits = order("time_limit", task_name="t", soft_s=5, hard_s=None)
    assert limits.celery() == {"task_name": "t", "soft": 5.0, "hard": None}
    assert order("pool_grow", n=2).celery() == order("pool_shrink", n=2).celery() == {"n": 2}
    assert order("autoscale", max=4, min=0).celery() == {"max": 4, "min": 0}
    assert order("add_consumer", queue="q").celery() == order("cancel_consumer", queue="q").celery() == {"queue": "q"}
    assert order("inspect").arguments() == {"what": list(KINDS)}
    assert order("inspect", what=["conf", "stats", "conf"]).arguments() == {"what": ["stats", "conf"]}


def test_every_command_says_what_it_does_and_what_nobody_can_tell() -> None:
    arguments: dict[str, dict[str, Any]] = {
        "revoke": {"task_ids": ["a"]},
        "rate_limit": {"task_name": "t", "rate_limit": "5/m"},
        "time_limit": {"task_name": "t", "hard_s": 9},
        "pool_grow": {"n": 2},
        "pool_shrink": {"n": 2},
        "autoscale": {"max": 3, "min": 1},
        "add_consumer": {"queue": "q"},
        "cancel_consumer": {"queue": "q"},
    }
    for name, kind in COMMANDS.items():
        effects = kind.read(arguments.get(name, {})).effects(Known(3))
        assert (effects[0].text, effects[0].count) == ("Workers are asked.", 3)
        assert len(effects) > 1
        assert any(effect.unknown for effect in effects) or name == "ping"
        assert kind.read(arguments.get(name, {})).effects(Known())[0].unknown
    assert COMMANDS["pool_grow"].read({"n": 2}).effects(Known(3))[1].count == 6


@pytest.mark.parametrize("rate", ["5/m", "10/s", "1/h", "0", "0.5/s", "7", 7, 0, 2.5])
def test_rates_that_celery_reads(rate: object) -> None:
    order("rate_limit", task_name="tests.add", rate_limit=rate)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "command"),
        ({"command": "format"}, "command"),
        ({"command": "shutdown"}, "destination"),
        ({"command": "shutdown", "destination": []}, "destination"),
        ({"command": "shutdown", "destination": ["w1@test"], "arguments": {"force": True}}, "arguments"),
        ({"command": "time_limit", "arguments": {"soft_s": 1}}, "arguments.task_name"),
        ({"command": "time_limit", "arguments": {"task_name": "t", "hard_s": 0}}, "arguments.hard_s"),
        ({"command": "time_limit", "arguments": {"task_name": "t", "hard_s": 1e400}}, "arguments.hard_s"),
        ({"command": "time_limit", "arguments": {"task_name": "t", "soft_s": True}}, "arguments.soft_s"),
        ({"command": "time_limit", "arguments": {"task_name": "t", "soft_s": 5, "hard_s": 5}}, "arguments.soft_s"),
        ({"command": "pool_grow"}, "arguments.n"),
        ({"command": "pool_grow", "arguments": {"n": 0}}, "arguments.n"),
        ({"command": "pool_grow", "arguments": {"n": 101}}, "arguments.n"),
        ({"command": "pool_grow", "arguments": {"n": 1.0}}, "arguments.n"),
        ({"command": "pool_shrink", "arguments": {"n": True}}, "arguments.n"),
        ({"command": "pool_shrink", "arguments": {"n": -1}}, "arguments.n"),
        ({"command": "pool_restart", "arguments": {"modules": ["os"]}}, "arguments"),
        ({"command": "autoscale", "arguments": {"max": 3}}, "arguments.min"),
        ({"command": "autoscale", "arguments": {"max": 3, "min": 4}}, "arguments.min"),
        ({"command": "autoscale", "arguments": {"max": 0, "min": 0}}, "arguments.max"),
        ({"command": "add_consumer", "arguments": {"queue": ""}}, "arguments.queue"),
        ({"command": "add_consumer", "arguments": {"queue": "q", "exchange": "x"}}, "arguments"),
        ({"command": "cancel_consumer", "arguments": {"queue": "a\nb"}}, "arguments.queue"),
        ({"command": "enable_events", "arguments": {"a": 1}}, "arguments"),
        ({"command": "disable_events", "arguments": {"a": 1}}, "arguments"),
        ({"command": "inspect", "arguments": {"what": []}}, "arguments.what"),
        ({"command": "inspect", "arguments": {"what": "stats"}}, "arguments.what"),
        ({"command": "inspect", "arguments": {"what": ["stats", "memdump"]}}, "arguments.what"),
        ({"command": "inspect", "arguments": {"what": [["stats"]]}}, "arguments.what"),
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


def test_every_command_has_its_row_for_people() -> None:
    rows = re.findall(r"^\| `(\w+)`(.*?)\|", (ROOT / "docs/commands.md").read_text(), re.MULTILINE)
    told = {name: set(re.findall(r"`(\w+)`", arguments)) for name, arguments in rows if name in COMMANDS}
    assert told == {name: set(signature(kind).parameters) for name, kind in COMMANDS.items()}
