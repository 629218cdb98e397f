"""A backlog taken by one process of Meadow or by several: how fast, for how much CPU, and what else was on the machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.servers.clickhouse import ClickHouse
from tests.servers.kafka import Kafka
from tests.servers.roles import Role

EVERY_S, BEGIN_EVERY_S = 0.1, 0.02
MOST, ALL = 0.95, 0.99  # of the backlog: a broker may lose the last events of a client that leaves
WITHIN_S = 120.0
SERVERS = {"beam.smp": "RabbitMQ", "kafka.Kafka": "Kafka", "tests.servers.clickhouse_front": "ClickHouse's front"}


@dataclass(frozen=True)
class Moment:
    """done: of the backlog. cpu_s: of each process that takes it. servers_s: of each server. busy_s: of the whole machine."""

    at_s: float
    done: float
    cpu_s: Sequence[float]
    servers_s: Mapping[str, float]
    busy_s: float


@dataclass(frozen=True)
class Drained:
    """idle_cpu_s: what each process had used when it had taken nothing yet. begun: all take. most: the rest comes in smaller
    and smaller batches. all: next to nothing is left."""

    idle_cpu_s: Sequence[float]
    begun: Moment
    most: Moment
    all: Moment

    @property
    def processes(self) -> int:
        return len(self.idle_cpu_s)

    @property
    def per_s(self) -> float:
        """While all take."""
        return (self.most.done - self.begun.done) / (self.most.at_s - self.begun.at_s)

    @property
    def per_core_s(self) -> float:
        """The whole backlog for the seconds of CPU of the processes that took it, without their start."""
        return self.all.done / (sum(self.all.cpu_s) - sum(self.idle_cpu_s))

    def cores(self) -> dict[str, float]:
        """Who used how many while all took: Meadow, its servers, and all that is not of this run."""
        begun, most, seconds = self.begun, self.most, self.most.at_s - self.begun.at_s
        used = {"Meadow": (sum(most.cpu_s) - sum(begun.cpu_s)) / seconds}
        for name, cpu_s in most.servers_s.items():
            used[name] = (cpu_s - begun.servers_s.get(name, 0.0)) / seconds
        everything = (most.busy_s - begun.busy_s) / seconds
        return {**used, "others": max(0.0, everything - sum(used.values()))}


def drained(roles: Sequence[Role], metric: str, done: Callable[[], float], total: int) -> Drained:
    """Looks on until all is done; the roles have just been started. metric: what each of them counts of its own."""
    idle_cpu_s = _idle(roles, metric)
    begun = _moment(roles, done)
    assert begun.done < MOST * total, "the backlog is too small for all to take some of it"
    _until(done, MOST * total)
    most = _moment(roles, done)
    _until(done, ALL * total)
    return Drained(idle_cpu_s, begun, most, _moment(roles, done))


def _idle(roles: Sequence[Role], metric: str) -> list[float]:
    """Returns when all have taken something. Looks often: starting costs a second of CPU, which is not to be counted."""
    idle_cpu_s, waiting = [0.0] * len(roles), set(range(len(roles)))
    deadline_s = time.monotonic() + WITHIN_S
    while waiting:
        assert time.monotonic() < deadline_s, f"not all have begun after {WITHIN_S:.0f} s"
        for number in list(waiting):
            cpu_s = _used_s(roles[number])
            if counted(roles[number], metric):
                waiting.remove(number)
            else:
                idle_cpu_s[number] = cpu_s
        time.sleep(BEGIN_EVERY_S)
    return idle_cpu_s


def _until(done: Callable[[], float], goal: float) -> None:
    deadline_s = time.monotonic() + WITHIN_S
    while (so_far := done()) < goal:
        assert time.monotonic() < deadline_s, f"{so_far:.0f} of {goal:.0f} after {WITHIN_S:.0f} s"
        time.sleep(EVERY_S)


def counted(role: Role, metric: str) -> float:
    """0 before it answers."""
    try:
        return role.counted(metric)
    except OSError:
        return 0.0


def told(what: str, runs: Sequence[Drained]) -> None:
    """Prints each, and how it grew from the first to the last."""
    print(f"machine        {os.cpu_count()} cores, load {' '.join(f'{one:.1f}' for one in os.getloadavg())}")
    for run in runs:
        print(f"{run.processes} at once      {run.per_s:,.0f} {what}/s, {run.per_core_s:,.0f} a core of Meadow's")
        print(f"  cores        {', '.join(f'{name} {cores:.2f}' for name, cores in run.cores().items())}")
    one, several = runs[0], runs[-1]
    print(
        f"growth         ×{several.per_s / one.per_s:.2f} {what}/s, ×{several.per_core_s / one.per_core_s:.2f} a core"
    )


@contextmanager
def kafka_and_clickhouse(folder: Path) -> Iterator[tuple[Kafka, ClickHouse]]:
    """Servers of this run alone."""
    for name in ("kafka", "clickhouse"):
        (folder / name).mkdir()
    kafka, clickhouse = Kafka(folder / "kafka"), ClickHouse(folder / "clickhouse")
    try:
        kafka.start()
        clickhouse.start()
        yield kafka, clickhouse
    finally:
        clickhouse.stop()
        kafka.stop()


def _moment(roles: Sequence[Role], done: Callable[[], float]) -> Moment:
    cpu_s = [_used_s(role) for role in roles]
    everything = psutil.cpu_times()
    busy_s = sum(everything) - everything.idle - everything.iowait - everything.guest - everything.guest_nice
    return Moment(time.monotonic(), done(), cpu_s, _servers_s(), busy_s)


def _used_s(role: Role) -> float:
    assert role.process
    return _cpu_s(psutil.Process(role.process.pid))


def _servers_s() -> dict[str, float]:
    """By name; they are children of this process."""
    found: dict[str, float] = {}
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            words = child.cmdline()
            for name in [
                name for word, name in SERVERS.items() if words and (words[0].endswith(word) or word in words)
            ]:
                found[name] = found.get(name, 0.0) + _cpu_s(child)
    return found


def _cpu_s(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))
