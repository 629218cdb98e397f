"""The fold is a semilattice: any order and any number of times, in any parts, through the store and back."""

from __future__ import annotations

import os
import random

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meadow.ingest.folding import fold, fold_join
from meadow.ingest.folding.fold_block import about_task, decode
from meadow.ingest.folding.fold_rows import CUSTOM, MOVED, RANK, RUNTIME, SEEN, Row, new, restore, tombstones
from tests.ingest.histories import Event, history, reference, visible

EXAMPLES = int(os.environ.get("MEADOW_TEST_FOLD_EXAMPLES", "500"))


def state(events: list[Event]) -> Row:
    row = new(1, 1, "t")
    for event in events:
        fold.apply(row, event)
    return row


def joined(row: Row, other: Row) -> Row:
    both = row.copy()
    fold_join.join(both, other)
    return both


def check_semilattice(r: random.Random) -> None:
    events = history(r, "t")
    want = reference(events)
    for _ in range(4):
        some = r.choices(events, k=len(events)) + r.sample(events, len(events))
        r.shuffle(some)
        assert visible(state(some)) == want
        cut = r.randrange(len(some) + 1)
        check_join(r, state(some[:cut]), state(some[cut:]), want)


def check_join(r: random.Random, a: Row, b: Row, want: object) -> None:
    for row in (a, b):
        if row[SEEN]:
            check_stored(r, row)
    ab, ba = joined(a, b), joined(b, a)
    assert visible(ab) == visible(ba) == want
    assert ab[MOVED] == ba[MOVED]
    assert joined(ab, r.choice([a, b, ab])) == ab


def check_stored(r: random.Random, row: Row) -> None:
    back = restore(orjson.loads(orjson.dumps(r.choice([row, *tombstones(row)]))))
    assert visible(back) == visible(row)
    assert set(back[MOVED]) == set(row[MOVED])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_semilattice(seed: int) -> None:
    check_semilattice(random.Random(seed))


def event(kind: str, at: float, **fields: object) -> Event:
    return {"task_id": "t", "type": kind, "hostname": "w1", "at": at, **fields}


@pytest.mark.parametrize("after", ["task-started", "task-progress", "task-retried"])
def test_lost_is_overruled_by_any_later_sign_of_life(after: str) -> None:
    lost = [event("task-started", 1.0), event("meadow-lost", 2.0)]
    assert state(lost)[RANK] & 255 == 10
    assert state([*lost, event(after, 3.0)])[RANK] & 255 != 10


@pytest.mark.parametrize("end", ["task-succeeded", "task-failed", "task-revoked"])
def test_lost_is_overruled_by_any_end_even_an_earlier_one(end: str) -> None:
    assert state([event("meadow-lost", 2.0), event(end, 1.0)])[RANK] & 255 in (7, 8, 9)


def test_a_custom_event_is_a_state_of_its_upper_cased_name() -> None:
    row = state([event("task-progress", 2.0), event("task-started", 1.0)])
    assert (row[RANK] & 255, row[CUSTOM]) == (6, "PROGRESS")
    fold.apply(row, event("task-started", 3.0))
    assert (row[RANK] & 255, row[CUSTOM]) == (5, "")


@pytest.mark.parametrize("odd", [None, "x", True, [], {}, -1, 1e300, 10**400, 1.5])
def test_fields_of_the_wrong_type_count_as_absent(odd: object) -> None:
    names = (
        "name",
        "args",
        "kwargs",
        "retries",
        "eta",
        "expires",
        "queue",
        "root_id",
        "parent_id",
        "result",
        "runtime_s",
    )
    odds = dict.fromkeys([*names, "exception", "traceback"], odd)
    events = [
        event(f"task-{kind}", 1.0, **odds) for kind in ("sent", "received", "succeeded", "failed", "retried", "odd")
    ]
    row = state(events)
    orjson.dumps(row)
    assert row == state([*events, *events])
    assert -3.5e38 < row[RUNTIME] < 3.5e38


GOOD = orjson.dumps(event("task-started", 1.0))


@pytest.mark.parametrize(
    "bad",
    [
        b"{", b"[]", b"1", b'"x"', b"null", b"\xff", b"{}", GOOD.replace(b"1.0", b"-1.0"), GOOD.replace(b"1.0", b"1e11"),
        GOOD.replace(b"1.0", b"true"), GOOD.replace(b"1.0", b"NaN"), GOOD.replace(b'"w1"', b"1"), GOOD.replace(b'"t"', b"[1]"),
        GOOD.replace(b'"task-started"', b"null"), b'{"type": "task-started", "hostname": "\\ud800", "at": 1.0}',
    ],
)  # fmt: skip
def test_a_line_that_is_no_event_is_handed_back_and_the_rest_is_folded(bad: bytes) -> None:
    decoded = decode(GOOD + b"\n" + bad + b"\n" + GOOD + b"\n")
    assert decoded.refused == (bad,)
    assert decoded.rows == (GOOD + b"\n") * 2
    assert decoded.events == [event("task-started", 1.0)] * 2


def test_only_events_of_a_task_are_folded() -> None:
    assert about_task(event("task-anything", 1.0))
    assert about_task(event("meadow-lost", 1.0))
    assert not about_task(event("meadow-command-asked", 1.0))
    assert not about_task(event("worker-online", 1.0))
    assert not about_task({**event("task-started", 1.0), "task_id": ""})
