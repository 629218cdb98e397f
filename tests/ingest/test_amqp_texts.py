"""What is remembered of deliveries is what would be read anew, and is bounded whatever senders write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meadow.ingest.sources.amqp_texts import REMEMBERED_BYTES_MAX, REMEMBERED_MAX, Remembered, content, routing_key


@given(st.binary(max_size=40))
def test_any_bytes_are_read(raw: bytes) -> None:
    assert routing_key(raw).isascii()
    assert all(text.isascii() for text in content(raw))


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"\x80\x00\x01a", ("a", "")),
        (b"\x40\x00\x01b", ("", "b")),
        (b"\xc0\x00\x01a\x01b", ("a", "b")),
        (b"\xc0\x00\x01\xff\x01b", ("", "b")),
        (b"\x20\x00\x01a", ("", "")),
        (b"", ("", "")),
    ],
)
def test_the_first_two_properties(raw: bytes, found: tuple[str, str]) -> None:
    assert content(raw) == found


def test_each_is_read_once() -> None:
    remembered = Remembered(lambda raw: [routing_key(raw)])
    assert remembered[b"\x01e\x01k"] == ["k"]
    assert remembered[b"\x01e\x01k"] is remembered[b"\x01e\x01k"]


def test_what_is_remembered_is_bounded() -> None:
    remembered = Remembered(len)
    for number in range(3 * REMEMBERED_MAX):
        assert remembered[b"%d" % number] == len(str(number))
        assert len(remembered) <= REMEMBERED_MAX
    assert remembered[b"x" * (REMEMBERED_BYTES_MAX + 1)] == REMEMBERED_BYTES_MAX + 1
    assert all(len(raw) <= REMEMBERED_BYTES_MAX for raw in remembered)
