"""The long chaos: `python -m tests.promises.chaos_run [--seed 1] [--rate 2000] [--seconds 300]`; prints what happened.

Fails when anything is lost, double, torn or wrong. The same seed kills in the same order; the moments differ as machines do.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.promises.chaos import Course, Field, Load, run
from tests.promises.chaos_findings import doubles, must_hold
from tests.servers.certificates import make_certificates
from tests.servers.clickhouse import ClickHouse
from tests.servers.kafka import Kafka
from tests.servers.rabbitmq import RabbitMQ

GAP_S = 5.0
SETTLE_S = 600.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--rate", type=float, default=2000, help="events a second")
    options.add_argument("--seconds", type=float, default=300)
    given = options.parse_args()
    load = Load(given.seed, given.rate, given.seconds)
    print(f"seed {load.seed}: {load.events_per_s:.0f} events/s for {load.seconds:.0f} s", flush=True)
    with tempfile.TemporaryDirectory() as name, started(Path(name)) as running:
        course = run(running, load, running.victims(), GAP_S, SETTLE_S)
        show(course)
        must_hold(running, course)
        print(f"nothing lost, nothing double; {doubles(running, course)} rows of events stored again, seen by nobody")
        for fault, times in Counter(running.faults()).most_common():
            print(f"  {times} x {fault}")


@contextmanager
def started(folder: Path) -> Iterator[Field]:
    """Servers of its own, and a Meadow on them."""
    with ExitStack() as stack:
        for part in ("certificates", "rabbitmq", "kafka", "clickhouse"):
            (folder / part).mkdir()
        rabbitmq = RabbitMQ(folder / "rabbitmq", make_certificates(folder / "certificates"))
        servers = (rabbitmq, Kafka(folder / "kafka"), ClickHouse(folder / "clickhouse"))
        for server in servers:
            stack.callback(server.stop)
            server.start()
        running = Field(folder / "meadow", *servers)
        stack.callback(running.meadow.stop)
        yield running.start()


def show(course: Course) -> None:
    told, watch = course.told, course.watch
    tasks = sum(map(len, told.stories.values()))
    print(
        f"load     {told.events} events of {tasks} tasks in {course.load_s:.0f} s; {told.again} said again unconfirmed"
    )
    print(
        f"kills    {len(course.kills)}: {' '.join(f'{kind} {count}' for kind, count in course.kills_by_kind.items())}"
    )
    print(f"order    {' '.join(course.kills)}")
    print(
        f"lag      at most {watch.lag_records} records, the oldest {watch.lag_s:.1f} s; 0 after {course.to_zero_s:.1f} s"
    )
    print(f"answers  {' '.join(f'{answer}: {count},' for answer, count in watch.answers.most_common())}", flush=True)


if __name__ == "__main__":
    main()
