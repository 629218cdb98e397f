"""A flood is cut to the cluster's rate and counted; what shows that a worker lives always passes."""

from __future__ import annotations

import pytest

from meadow.core.errors import BadSettings
from meadow.ingest.counts import Counts, DropReason
from meadow.ingest.messages.decoded import Decoded
from meadow.ingest.stages.admit import Admit
from tests.ingest.messages import HEAD, decoded


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def flood(events: int) -> Decoded:
    batch = decoded([HEAD | {"uuid": str(n)} for n in range(events)])
    batch.add(decoded([HEAD | {"type": "worker-heartbeat"}, 5]))
    return batch


def test_a_burst_of_one_second_passes_and_the_rest_is_counted() -> None:
    clock, counts = Clock(), Counts()
    admit = Admit(10, clock, counts)
    first = admit(flood(25))
    assert [row["task_id"] for row in first.events] == [str(n) for n in range(10)]
    assert (len(first.workers), len(first.dead)) == (1, 1)
    clock.now += 0.5
    assert len(admit(flood(25)).events) == 5
    clock.now += 1_000
    assert len(admit(flood(25)).events) == 10
    assert counts.drops == {DropReason.OVER_RATE: 15 + 20 + 15}


def test_a_clock_that_goes_back_earns_nothing_and_takes_nothing() -> None:
    clock = Clock()
    admit = Admit(10, clock, Counts())
    admit(flood(4))
    clock.now -= 50
    assert len(admit(flood(10)).events) == 6
    clock.now += 1
    assert len(admit(flood(20)).events) == 10


def test_without_a_limit_all_pass() -> None:
    assert len(Admit(None, Clock(), Counts())(flood(5_000)).events) == 5_000


@pytest.mark.parametrize("rate", [0, 0.5, -1, float("nan")])
def test_a_rate_below_one_is_refused(rate: float) -> None:
    with pytest.raises(BadSettings):
        Admit(rate, Clock(), Counts())
