"""What replies may cost: each is bounded, and so are all to one question together."""

from __future__ import annotations

import json

from meadow.control.replies import ALL_BYTES_MAX, Gathering
from meadow.control.wire import UNREADABLE, Bounds, Question

MEGABYTE = 1_000_000
JSON = "application/json"


def gathering(bounds: Bounds, *, is_answered: bool = True) -> Gathering:
    return Gathering(Question("stats", {}, None, frozenset({"w1"}), 1.0, bounds, is_answered))


def reply(hostname: str, size: int) -> bytes:
    return json.dumps({hostname: ["x" * (size - 20)]}).encode()


def test_a_question_says_how_long_its_replies_may_be() -> None:
    heard = gathering(Bounds(body_bytes=2 * MEGABYTE, values=3, text_chars=10))
    heard.add(json.dumps({"w1": ["a", "b" * 20, "c", "d"]}).encode(), JSON)
    assert (heard.replies["w1"].reply, heard.replies["w1"].is_cut) == (["a", "b" * 10 + "…"], True)
    heard.add(json.dumps({"w2": ["a"]}).encode(), JSON)
    assert (heard.replies["w2"].reply, heard.replies["w2"].is_cut) == (["a"], False)
    heard.add(reply("w3", 3 * MEGABYTE), JSON)
    assert "w3" not in heard.replies
    assert not heard.replies[UNREADABLE].ok


def test_all_of_them_together_are_bounded() -> None:
    heard = gathering(Bounds(body_bytes=2 * MEGABYTE))
    for number in range(40):
        heard.add(reply(f"host-{number}", MEGABYTE), JSON)
    kept = len(heard.replies) - 1
    assert kept == ALL_BYTES_MAX // MEGABYTE
    assert "all together" in heard.replies[UNREADABLE].reply


def test_nobody_is_waited_for_where_nobody_answers() -> None:
    assert gathering(Bounds(), is_answered=False).complete
    assert not gathering(Bounds()).complete
