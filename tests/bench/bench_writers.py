"""Rows a second from Kafka into ClickHouse: of a writer's core, and how it grows with a second writer.

`python -m tests.bench.bench_writers [--tasks 40000]`: four events a task, a backlog on the log, taken by one writer, then as
large a one by two that share the partitions. What counts is what ClickHouse acknowledged: rows of `events`, with their tasks'
rows beside. A core's figure counts CPU time of the writers alone: the engine works in another process.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from meadow.core.logs.kafka import KafkaLog
from tests.bench.bench_writer import EVENTS_A_TASK, story
from tests.bench.draining import Drained, drained, kafka_and_clickhouse, told
from tests.ingest.running import blocks
from tests.servers.clickhouse import ClickHouse
from tests.servers.kafka import Kafka
from tests.servers.roles import Roles

ROWS = "meadow_writer_rows_total"
TASKS_AT_ONCE = 500


def main(tasks: int, folder: Path) -> None:
    with kafka_and_clickhouse(folder) as (kafka, clickhouse):
        told("rows", [run(writers, tasks, folder, kafka, clickhouse) for writers in (1, 2)])


def run(writers: int, tasks: int, folder: Path, kafka: Kafka, clickhouse: ClickHouse) -> Drained:
    """A Meadow of its own for each."""
    meadow = Roles(folder / f"writers-{writers}", {}, kafka, clickhouse, {"write": writers})
    meadow.migrate()
    asyncio.run(fill(kafka, meadow.name, tasks))
    stored = f"SELECT count() FROM {meadow.name}.events"  # noqa: S608 # a name of our own making
    try:
        for role in meadow.of("write"):
            role.start()
        return drained(meadow.of("write"), ROWS, lambda: int(clickhouse.say(stored)), tasks * EVENTS_A_TASK)
    finally:
        meadow.stop()


async def fill(kafka: Kafka, prefix: str, tasks: int) -> None:
    """Whole stories, TASKS_AT_ONCE side by side, in blocks as collectors under load make them."""
    log = await KafkaLog.open(kafka.connection(prefix))
    try:
        for first in range(0, tasks, TASKS_AT_ONCE):
            stories = [list(story(number, time.time() - 1)) for number in range(first, first + TASKS_AT_ONCE)]
            events = [one[step] for step in range(EVENTS_A_TASK) for one in stories]
            await log.append(blocks(events, len(events), log.partitions))
    finally:
        await log.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=40_000)
    with tempfile.TemporaryDirectory() as name:
        main(parser.parse_args().tasks, Path(name))
