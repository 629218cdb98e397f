"""The whole of Meadow on one machine with RabbitMQ and its load: sustained rate, freshness, memory, and a burst.

`python -m tests.bench.bench_spine [--rate 5000] [--seconds 60] [--burst 200000]`
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psutil

from tests.servers.celery import Broker
from tests.servers.certificates import make_certificates
from tests.servers.deadlines import wait_for
from tests.servers.meadow import Meadow
from tests.servers.rabbitmq import RabbitMQ


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=float, default=5000, help="events a second")
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--burst", type=int, default=200_000, help="events as fast as the broker takes them")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as (meadow, broker):
        sustained(meadow, broker, given.rate, given.seconds)
        burst(meadow, broker, given.burst)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[tuple[Meadow, Broker]]:
    """RabbitMQ and a Meadow that listens to it."""
    for part in ("certificates", "rabbitmq"):
        (folder / part).mkdir()
    server = RabbitMQ(folder / "rabbitmq", make_certificates(folder / "certificates"))
    server.start()
    try:
        broker = Broker(server.url(server.vhost()))
        meadow = Meadow(folder / "meadow", {"shop": broker}).start()
        try:
            wait_for(lambda: meadow.get("/clusters")["items"][0]["connected"], "connected")
            yield meadow, broker
        finally:
            meadow.stop()
    finally:
        server.stop()


def sustained(meadow: Meadow, broker: Broker, per_s: float, seconds: float) -> None:
    """Prints freshness and memory under a steady load, and that nothing was lost."""
    process, ages, memory = _process(meadow), list[float](), list[float]()
    ended, begun_s = threading.Event(), time.monotonic()
    watching = threading.Thread(target=_watch, args=(meadow, ended, ages, memory))
    cpu_s = sum(process.cpu_times()[:2])
    watching.start()
    said = _publish(broker, per_s, seconds, 10**12)
    took_s = time.monotonic() - begun_s
    cpu_s = sum(process.cpu_times()[:2]) - cpu_s
    ended.set()
    watching.join()
    caught_up_s = _until_all(meadow, said)
    cuts = statistics.quantiles(ages[len(ages) // 10 :], n=100)
    rate, part = said / took_s, max(1, len(memory) // 4)
    quarters = " ".join(f"{statistics.median(memory[at : at + part]):.0f}" for at in range(0, 4 * part, part))
    print(
        f"sustained      {rate:.0f} events/s for {took_s:.0f} s, {said} in all, stored {caught_up_s:.1f} s after the last"
    )
    print(f"  event to visible  p50 {cuts[49]:.2f} s   p95 {cuts[94]:.2f} s   max {max(ages):.2f} s")
    print(f"  cpu               {cpu_s / said * 1e6:.0f} us per event, {cpu_s / took_s:.2f} cores")
    print(f"  resident          {quarters} MB, medians of the four quarters; {max(memory):.0f} at most")


def burst(meadow: Meadow, broker: Broker, events: int) -> None:
    """Prints how fast the broker took a burst and when all of it was stored."""
    before, begun_s = _tasks(meadow), time.monotonic()
    said = _publish(broker, 0, 600, events)
    took_s = time.monotonic() - begun_s
    _until_all(meadow, said, before)
    whole_s = time.monotonic() - begun_s
    print(
        f"burst          {said} events published at {said / took_s:.0f}/s, stored at {said / whole_s:.0f}/s, none lost"
    )


def _publish(broker: Broker, per_s: float, seconds: float, most: int) -> int:
    command = [sys.executable, "-m", "tests.bench.publisher", broker.url, str(per_s), str(seconds), str(most)]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _watch(meadow: Meadow, ended: threading.Event, ages: list[float], memory: list[float]) -> None:
    process = _process(meadow)
    while not ended.wait(0.25):
        newest = meadow.get("/tasks", limit=1)["items"]
        if newest and newest[0]["sent_at"]:
            ages.append(time.time() - datetime.fromisoformat(newest[0]["sent_at"]).timestamp())
        memory.append(process.memory_info().rss / 1e6)


def _process(meadow: Meadow) -> psutil.Process:
    assert meadow.process
    return psutil.Process(meadow.process.pid)


def _tasks(meadow: Meadow) -> int:
    count: int = meadow.get("/trends", from_="now-2h", to="now")["totals"]["count"]
    return count


def _until_all(meadow: Meadow, said: int, before: int = 0) -> float:
    begun_s = time.monotonic()
    wait_for(lambda: _tasks(meadow) >= before + said // 4, f"{said // 4} tasks", 600)
    return time.monotonic() - begun_s


if __name__ == "__main__":
    main()
