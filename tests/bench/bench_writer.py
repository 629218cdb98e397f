"""What the writer costs: fold, insert and the whole way from the log to the store, and what it holds in memory.

python -m tests.bench.bench_writer [--tasks 100000] [--rounds 5]: four events a task. Figures of one run on a shared machine
are ratios, not promises.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from meadow.core.blocks import Block
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.stores.chdb import ChdbStore
from meadow.ingest.folding.fold_block import Into, decode, fold_block
from meadow.ingest.folding.gathered import Gathered
from meadow.ingest.folding.known import Known
from meadow.ingest.folding.late import LookUps
from meadow.ingest.folding.memory import Memory
from meadow.ingest.folding.shelf import StoreShelf
from meadow.ingest.writer import Writer
from meadow.ingest.writer_settings import WriterSettings
from tests.ingest.histories import Event
from tests.ingest.running import blocks, opened, writing
from tests.servers.deadlines import until

EVENTS_A_TASK = 4
TASKS_AT_ONCE = 2_500


def story(number: int, at: float) -> Iterator[Event]:
    """A task as Celery 5.7 tells it with `task_send_sent_event`."""
    task = f"{random.getrandbits(128):032x}"
    head = {"tenant_id": 1, "cluster_id": 1, "task_id": task, "pid": 4242, "hostname": f"celery@worker-{number % 20}"}
    said = {
        "name": f"shop.tasks.job_{number % 50}",
        "args": f"({number}, 'some argument')",
        "kwargs": "{'key': 'value'}",
    }
    fields: list[Event] = [
        {"type": "task-sent", "queue": "celery", "retries": 0, "root_id": task, "routing_key": "celery", **said},
        {"type": "task-received", "retries": 0, "root_id": task, **said},
        {"type": "task-started"},
        {"type": "task-succeeded", "result": "None", "runtime_s": 0.123},
    ]
    for step, more in enumerate(fields):
        when = at + step / 10 + 0.000123
        yield {**head, "clock": number * EVENTS_A_TASK + step, "at": when, "received_at": when + 0.01, **more}


def batch(first: int, tasks: int) -> list[Block]:
    """Blocks of the events of so many new tasks, as they happen side by side."""
    stories = [list(story(first + n, time.time() - 1)) for n in range(tasks)]
    return blocks([one[step] for step in range(EVENTS_A_TASK) for one in stories], 500)


def fold_us(tasks: int) -> tuple[float, float]:
    """CPU µs an event of decoding with its checks, and of folding."""
    made = batch(0, tasks)
    started = time.process_time()
    decoded = [decode(block.rows).events for block in made]
    between = time.process_time()
    into = Into({}, {}, {}, {})
    for events in decoded:
        fold_block(1, 1, events, 1, into)
    done, n = time.process_time(), tasks * EVENTS_A_TASK / 1e6
    return (between - started) / n, (done - between) / n


async def insert_us(store: ChdbStore, tasks: int) -> tuple[float, float]:
    """CPU µs an event of the engine and the bytes made for it: `tasks` and `task_ids`, then `events`."""
    made = batch(0, tasks)
    into = Into({}, {}, {}, {})
    for block in made:
        fold_block(1, 1, decode(block.rows).events, 1, into)
    shelf = StoreShelf(store)
    started = time.process_time()
    await shelf.insert_tasks(list(into.touched.values()))
    between = time.process_time()
    await shelf.insert_blocks(made[0].table, made)
    done, n = time.process_time(), tasks * EVENTS_A_TASK / 1e6
    return (between - started) / n, (done - between) / n


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


async def whole(log: EmbeddedLog, writer: Writer, first: int, tasks: int) -> tuple[float, float]:
    """events/s and CPU µs an event of everything in this process from an appended block to the commit."""
    made = [batch(first + n, min(TASKS_AT_ONCE, tasks - n)) for n in range(0, tasks, TASKS_AT_ONCE)]
    goal = writer.counts["rows"] + tasks * EVENTS_A_TASK
    started, cpu = time.perf_counter(), time.process_time()
    for part in made:
        await log.append(part)
    await until(lambda: committed(writer, goal), "all is committed", within_s=600)
    n = tasks * EVENTS_A_TASK
    return n / (time.perf_counter() - started), (time.process_time() - cpu) / n * 1e6


def committed(writer: Writer, rows: int) -> bool:
    return writer.counts["rows"] >= rows and not any(one.records for one in writer._gathered.since.values())


async def look_up_us(store: ChdbStore, with_filter: bool, tasks: int) -> float:
    """CPU µs an event of showing new tasks, with the filter or by asking the store for every one."""
    known = Known()
    shelf = StoreShelf(store)
    known.load(await shelf.known()) if with_filter else known.doubt()
    gathered = Gathered(shelf, known, Memory(), LookUps(1e9, 10**9, time.monotonic), time.time, 2)
    gathered._known_as_of_assignment = True
    made = batch(0, tasks)
    started = time.process_time()
    for block in made:
        gathered.position[block.partition] = 0
        await gathered._fold(block, 1)
    await gathered.show()
    return (time.process_time() - started) / (tasks * EVENTS_A_TASK) * 1e6


async def main(tasks: int, rounds: int) -> None:
    decode_us, folded_us = fold_us(TASKS_AT_ONCE)
    print(f"decode {decode_us:.2f} µs, fold {folded_us:.2f} µs an event")
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder)) as (log, store):
            tasks_us, events_us = await insert_us(store, 10_000)
            print(f"insert: tasks {tasks_us:.2f} µs, events {events_us:.2f} µs an event")
            async with writing(log, store, WriterSettings()) as writer:
                await growth(log, writer, tasks, rounds)
            for with_filter in (True, False):
                us = await look_up_us(store, with_filter, 10_000)
                print(
                    f"fold and show {'with the filter' if with_filter else 'looking up every task'}: {us:.2f} µs an event"
                )


async def growth(log: EmbeddedLog, writer: Writer, tasks: int, rounds: int) -> None:
    for number in range(rounds):
        rate, us = await whole(log, writer, number * tasks, tasks)
        gc.collect()
        held = writer.counts["tasks_held"]
        print(
            f"whole: {rate:,.0f} events/s, {us:.1f} µs an event; after {(number + 1) * tasks:,} tasks"
            f" {held:,} are held and {resident_mb():,.0f} MB resident"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=25_000, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    asyncio.run(main(chosen.tasks, chosen.rounds))
