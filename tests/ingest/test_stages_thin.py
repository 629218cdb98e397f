"""A few heartbeats of each worker are kept, and no worker is ever silenced."""

from __future__ import annotations

from typing import Any

from meadow.ingest.counts import Counts, DropReason
from meadow.ingest.messages.decoded import Decoded
from meadow.ingest.stages.thin import WORKERS_REMEMBERED, Thin
from tests.ingest.messages import HEAD, RECEIVED_AT, decoded

BEAT: dict[str, Any] = HEAD | {"type": "worker-heartbeat", "active": 0, "processed": 1}


def beats(*seconds: float, **said: Any) -> Decoded:
    return decoded([BEAT | said | {"timestamp": RECEIVED_AT - 100 + second} for second in seconds])


def kept(batch: Decoded) -> list[float]:
    return [row["at"] - RECEIVED_AT + 100 for row in batch.workers]


def test_one_is_kept_in_each_interval_and_the_rest_is_counted() -> None:
    counts = Counts()
    thin = Thin(5.0, counts)
    assert kept(thin(beats(0, 2, 4, 6, 8))) == [0, 6]
    assert kept(thin(beats(10, 12))) == [12]
    assert counts.drops == {DropReason.THINNED: 4}


def test_processes_and_hosts_are_told_apart() -> None:
    thin = Thin(5.0, Counts())
    batch = beats(0)
    for other in (beats(1, pid=2), beats(1, hostname="w2@vm"), beats(1)):
        batch.add(other)
    assert kept(thin(batch)) == [0, 1, 1]


def test_a_beginning_and_an_end_are_always_kept() -> None:
    thin = Thin(5.0, Counts())
    batch = beats(0)
    for kind in ("worker-online", "worker-offline", "worker-online"):
        batch.add(beats(1, type=kind))
    assert len(thin(batch).workers) == 4


def test_a_heartbeat_without_counters_does_not_use_up_the_turn_of_one_with_them() -> None:
    asked = {name: BEAT[name] for name in BEAT if name not in ("active", "processed")}
    batch = decoded([asked | {"timestamp": RECEIVED_AT - 100}])
    batch.add(beats(1))
    assert kept(Thin(5.0, Counts())(batch)) == [0, 1]


def test_a_clock_that_jumps_back_does_not_silence_a_worker() -> None:
    thin = Thin(5.0, Counts())
    assert kept(thin(beats(90, 92, 10, 12, 16))) == [90, 10, 16]


def test_an_interval_of_nothing_keeps_all() -> None:
    assert kept(Thin(0, Counts())(beats(0, 0, 1))) == [0, 0, 1]


def test_what_is_remembered_is_bounded() -> None:
    thin = Thin(5.0, Counts())
    for start in range(0, WORKERS_REMEMBERED + 3_000, 1_000):
        thin(decoded([BEAT | {"hostname": f"w{n}"} for n in range(start, start + 1_000)]))
    assert len(thin._kept_at) == WORKERS_REMEMBERED


def test_events_are_left_alone() -> None:
    batch = decoded([HEAD, HEAD])
    assert len(Thin(5.0, Counts())(batch).events) == 2
