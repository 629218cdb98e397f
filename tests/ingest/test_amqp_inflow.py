"""Deliveries are taken out of a stream of frames however it is cut, and hostile frames break nothing."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pamqp.frame
import pytest
from pamqp.body import ContentBody
from pamqp.commands import Basic, Connection
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat

from meadow.ingest.sources.amqp_inflow import HEARTBEAT, Inflow

Arrival = tuple[int, bytes, str, str, str]
BLOCKED = pamqp.frame.marshal(Connection.Blocked("low on memory"), 0)
PROPERTIES = Basic.Properties(content_type="application/json", content_encoding="utf-8", headers={"hostname": "w1"})


def delivery(tag: int, body: bytes, *, channel: int = 1, split: int = 1 << 17, properties: Any = PROPERTIES) -> bytes:
    """As RabbitMQ writes it."""
    frames: list[Any] = [Basic.Deliver("ctag", tag, False, "celeryev", "task.sent")]
    frames.append(ContentHeader(body_size=len(body), properties=properties))
    frames += [ContentBody(body[at : at + split]) for at in range(0, len(body), split)]
    return b"".join(pamqp.frame.marshal(frame, channel) for frame in frames)


def taken(stream: bytes, *, cuts: list[int] | None = None) -> tuple[list[Arrival], bytes]:
    """What arrived of a stream that came in pieces, and what was left for others but signs of life."""
    arrived: list[Arrival] = []
    inflow = Inflow()
    inflow.divert(1, lambda come: arrived.extend((tag, *message[:4]) for tag, message in come))
    edges = [0, *sorted(cuts or []), len(stream)]
    left = b"".join(inflow.take(stream[a:b]) for a, b in itertools.pairwise(edges))
    return arrived, left.replace(HEARTBEAT, b"")


@pytest.mark.parametrize("seed", range(50))
def test_cuts_anywhere_change_nothing(seed: int) -> None:
    dice = random.Random(seed)
    bodies = [dice.randbytes(dice.choice([0, 1, 7, 300])) for _ in range(6)]
    stream = b"".join(delivery(n, body, split=dice.choice([3, 100])) + BLOCKED for n, body in enumerate(bodies))
    cuts = [dice.randrange(len(stream)) for _ in range(dice.randrange(40))]
    arrived, left = taken(stream, cuts=cuts)
    assert arrived == [(n, body, "application/json", "utf-8", "task.sent") for n, body in enumerate(bodies)]
    assert left == BLOCKED * len(bodies)


def test_one_byte_at_a_time() -> None:
    stream = delivery(1, b"{}") + BLOCKED
    assert taken(stream, cuts=list(range(1, len(stream)))) == taken(stream)


def test_another_channel_is_not_ours() -> None:
    stream = delivery(1, b"{}", channel=2)
    assert taken(stream) == ([], stream)


def test_before_anybody_consumes_every_frame_is_passed_on() -> None:
    inflow, stream = Inflow(), delivery(1, b"{}")
    assert inflow.take(stream[:20]) + inflow.take(stream[20:]) == stream


def test_deliveries_count_as_a_sign_of_life() -> None:
    inflow = Inflow()
    inflow.divert(1, lambda *_: None)
    left = inflow.take(delivery(1, b"{}"))
    assert isinstance(pamqp.frame.unmarshal(left)[2], Heartbeat)


def test_a_header_with_any_byte_turned_bad_is_read_or_left_out() -> None:
    whole = delivery(1, b"12345")
    begin = whole.index(b"\xce\x02") + 1 + 7 + 12  # the flags of the properties
    end = whole.index(b"\xce\x03", begin)
    for at in range(begin, end):
        for bad in (0xFF, 0x80, 0x00):
            arrived, left = taken(whole[:at] + bytes((bad,)) + whole[at + 1 :] + delivery(2, b"next"))
            assert [message[:2] for message in arrived] == [(1, b"12345"), (2, b"next")]
            assert left == b""


def test_properties_cut_short_are_absent() -> None:
    empty = Basic.Properties()
    whole = delivery(1, b"{}", properties=empty)
    flags_at = whole.index(b"\xce\x02") + 1 + 7 + 12
    claimed = whole[:flags_at] + b"\xc0\x00" + whole[flags_at + 2 :]
    assert taken(claimed)[0] == [(1, b"{}", "", "", "task.sent")]


def test_a_frame_without_its_end_is_left_to_aiormq() -> None:
    stream = bytearray(delivery(1, b"{}"))
    stream[-1] = 0
    arrived, left = taken(bytes(stream) + BLOCKED)
    assert arrived == []
    assert left.endswith(BLOCKED)


def test_a_refused_protocol_is_left_to_aiormq() -> None:
    assert taken(b"AMQP\x00\x00\x09\x01") == ([], b"AMQP\x00\x00\x09\x01")
