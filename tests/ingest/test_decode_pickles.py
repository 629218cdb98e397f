"""Pickled events are read as data; what asks for code, or unfolds without end, is refused before it costs much."""

from __future__ import annotations

import datetime
import decimal
import os
import pickle
import pickletools
import uuid
from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meadow.ingest.messages.decoded import Undecodable
from meadow.ingest.messages.pickles import read_pickle
from tests.ingest.messages import HEAD, PICKLE, decoded, fields, must_be_storable, reasons

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
SHARED = ["shared"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_everything_celery_pickles_is_read(protocol: int) -> None:
    moment = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
    said = HEAD | {
        "uuid": uuid.UUID(int=5), "eta": moment, "price": decimal.Decimal("1.50"), "raw": b"ab", "set": {1},
        "frozen": frozenset({2}), "pair": (1, "é"), "none": None, "yes": True, "big": -(2**70), "lasts": datetime.timedelta(1),
        "array": bytearray(b"c"), "twice": [SHARED, SHARED], "ordered": OrderedDict(a=1), "numbered": {5: "five"},
        "day": datetime.date(2026, 1, 2),
    }  # fmt: skip
    row = decoded(pickle.dumps([said], protocol), content_type=PICKLE).events[0]
    assert (row["task_id"], row["eta"]) == (str(uuid.UUID(int=5)), 1_795_428_000.0)
    assert fields(row) == {
        "price": "1.50", "raw": "ab", "set": [1], "frozen": [2], "pair": [1, "é"], "none": None, "yes": True,
        "big": str(-(2**70)), "lasts": 86_400.0, "array": "c", "twice": [["shared"], ["shared"]], "ordered": {"a": 1},
        "numbered": {"5": "five"}, "day": "2026-01-02",
    }  # fmt: skip


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from(PROTOCOLS),
)
def test_reads_plain_data_as_pickle_does(value: Any, protocol: int) -> None:
    assert read_pickle(pickle.dumps(value, protocol)) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_data_or_refused(body: bytes) -> None:
    must_be_storable(decoded(body, content_type=PICKLE))
    must_be_storable(decoded(b"\x80\x04" + body + b".", content_type=PICKLE))


@given(st.data())
def test_a_damaged_pickle_is_data_or_refused(data: st.DataObject) -> None:
    body = bytearray(pickle.dumps([HEAD | {"uuid": uuid.UUID(int=1), "when": datetime.datetime.now(datetime.UTC)}]))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    must_be_storable(decoded(bytes(body), content_type=PICKLE))


class Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch /tmp/meadow-was-run",)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("asked", [Runs(), os.system, ValueError("x"), print, type, int, complex(1)])
def test_code_is_never_looked_up(asked: Any, protocol: int) -> None:
    result = decoded(pickle.dumps(HEAD | {"x": asked}, protocol), content_type=PICKLE)
    assert reasons(result) == ["forbidden_pickle"]
    assert result.dead[0].binary


@pytest.mark.parametrize(
    "body",
    [
        b"cbuiltins\nbytearray\n(I9999999999\ntR.",  # bytearray(n) would take the memory
        b"cdecimal\nDecimal\n(I" + b"9" * 4000 + b"\ntR.",  # and Decimal of a long integer the time
        b"\x80\x04]r\xff\xff\xff\x7f.",  # a memo of 2^31 entries: 32 GB in CPython's own Unpickler
        b"p" + b"9" * 4000 + b"\n.",
        b"(" * 1000 + b".",
        b"\x80\x04}(K\x01]K\x02u.",  # a dict's setitem that is not in pairs
        b"\x80\x04}](K\x01K\x02e\x85K\x01s.",  # a key that hashes what is in it
        b"]",
        b".",
        b"\x80\x63.",
        b"\x96\xff\xff\xff\xff\xff\xff\xff\x7f.",  # bytearray8 of 2^63 bytes
    ],
    ids=range(11),
)
def test_programs_that_do_harm_or_nothing(body: bytes) -> None:
    with pytest.raises(Undecodable):
        read_pickle(body)


def bomb(levels: int) -> bytes:
    nested: list[Any] = []
    for _ in range(levels):
        nested = [nested, nested]
    return pickle.dumps(HEAD | {"x": nested})


def test_a_structure_that_unfolds_exponentially_is_too_large() -> None:
    assert reasons(decoded(bomb(100), content_type=PICKLE)) == ["too_large"]


def test_a_list_in_itself_is_too_deep() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert reasons(decoded(pickle.dumps(HEAD | {"x": loop}), content_type=PICKLE)) == ["too_deep"]


def test_one_text_in_many_places_pays_for_each() -> None:
    text = "x" * 100_000
    body = pickle.dumps(HEAD | {"x": [text] * 1000})
    assert len(body) < 200_000
    assert reasons(decoded(body, content_type=PICKLE)) == ["too_large"]


def test_too_many_steps_are_too_large() -> None:
    assert reasons(decoded(pickle.dumps(list(range(300_000))), content_type=PICKLE)) == ["too_large"]


def test_colliding_keys_do_not_collide() -> None:
    body = pickle.dumps({n * (2**61 - 1): n for n in range(3_000)})
    assert len(read_pickle(body)) == 3_000


def test_every_opcode_is_known_or_refused() -> None:
    for opcode in pickletools.opcodes:
        result = decoded(opcode.code.encode("latin-1") + b"\x00" * 9 + b"\n\n.", content_type=PICKLE)
        must_be_storable(result)
