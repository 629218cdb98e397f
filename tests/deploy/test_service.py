"""Services that wait for what is outside: tried again until they start, stopped whatever they have come to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from meadow.core.errors import BadSettings, LogUnavailable
from meadow.deploy.opening import Opening, OpeningLog
from meadow.deploy.service import Patient, Service, run_all
from tests.servers.deadlines import until


class Late:
    """Starts at the third try."""

    name = "late"

    def __init__(self) -> None:
        self.tries = 0
        self.running = self.stopped = False

    async def start(self) -> None:
        self.tries += 1
        if self.tries < 3:
            raise LogUnavailable(f"away {self.tries}")

    async def run(self) -> None:
        self.running = True
        await asyncio.Event().wait()

    async def stop(self) -> None:
        self.stopped = True


class Closing:
    closed = False

    async def close(self) -> None:
        self.closed = True


async def test_a_service_that_cannot_start_yet_is_tried_again_and_stopped() -> None:
    late, stopped = Late(), asyncio.Event()

    async def make() -> Sequence[Service]:
        return (late,)

    patient = Patient("late", make)
    running = asyncio.create_task(run_all([patient], stopped))
    await until(lambda: patient.problem == "away 1", "what is in the way")
    await until(lambda: late.running, "the third try")
    assert patient.problem == ""
    stopped.set()
    await running
    assert late.stopped


async def test_what_cannot_be_opened_yet_is_opened_later_and_closed() -> None:
    answers: list[Exception | Closing] = [BadSettings("a wrong password"), LogUnavailable("away"), Closing()]

    async def open_it() -> Closing:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    opening, stopped = Opening("server", open_it), asyncio.Event()
    running = asyncio.create_task(run_all([opening], stopped))
    await until(lambda: opening.problem == "a wrong password", "what is in the way")
    found = await asyncio.wait_for(opening.opened(), 20)
    assert opening.problem == ""
    stopped.set()
    await running
    assert found.closed


async def test_a_log_that_is_not_open_says_why() -> None:
    async def never() -> None:
        raise AssertionError

    log = OpeningLog(Opening("Kafka", never))  # type: ignore[arg-type] # it is never opened
    assert log.counts == {}
    for asking in (log.ends(), log.append([])):
        with pytest.raises(LogUnavailable, match="being connected"):
            await asking
    with pytest.raises(LogUnavailable):
        _ = log.partitions


async def test_a_fault_that_waiting_does_not_mend_ends_all() -> None:
    async def make() -> Sequence[Service]:
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError, match="a fault of ours"):
        await run_all([Patient("faulty", make)], asyncio.Event())
