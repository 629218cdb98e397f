"""How long each question takes over many tasks, through HTTP, and what a live viewer costs: run it, it prints.

.venv/bin/python -m tests.bench.bench_query [tasks, 1000000 when left out]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from meadow.core.blocks import Table, blocks_of
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.chdb_config import ChdbSettings
from meadow.core.stores.migrations import migrate
from meadow.query.happenings import Names, happenings
from meadow.query.settings import QuerySettings
from tests.query.conftest import Api, served
from tests.query.seeds import NOW_S, beat, event, insert

DAYS = 30
ROUNDS = 15
SLICE = 250_000  # tasks of one insert
# A task every so often for 30 days; one in fifty fails; 200 names, 20 queues, 50 workers, 2 clusters.
BORN_MS = f"(toInt64({int(NOW_S * 1000)}) - toInt64(number * {{step_ms}}))"
ENDS = "if(number % 50 = 0, 8, 9)"
# Our own words and numbers only; a bench has no values from outside.
TASKS = f"""
INSERT INTO tasks (tenant_id, cluster_id, task_id, anchor, rank, name, queue, worker, sent_key, received_key, started_at,
    runtime_s, args, kwargs, result, exception, root_id, seen, version)
SELECT 1, 1 + number % 2, lower(hex(MD5(toString(number)))), fromUnixTimestamp64Milli({BORN_MS}, 'UTC'),
    bitOr(bitOr(bitShiftLeft(toUInt64(if({ENDS} = 8, 4, 5)), 56), bitShiftLeft(toUInt64({BORN_MS} + 3000), 8)), {ENDS}),
    concat('shop.tasks.name_', toString(number % 200)), concat('queue_', toString(number % 20)),
    concat('celery@', toString(number % 50)), bitOr(bitShiftLeft(toUInt64(1), 48), toUInt64({BORN_MS})),
    bitOr(bitShiftLeft(toUInt64(1), 48), toUInt64({BORN_MS} + 5)), fromUnixTimestamp64Milli({BORN_MS} + 1000, 'UTC'),
    toFloat32(0.01 + (cityHash64(number) % 100000) / 50000),
    concat('(', toString(number), ', \\'customer_', toString(number % 5000), '\\')'), '{{}}', 'None',
    if({ENDS} = 8, concat('ValueError(\\'card ', toString(number), ' declined\\')'), ''),
    lower(hex(MD5(toString(number)))), 15, 1
FROM numbers({{since}}, {{count}})
"""  # noqa: S608 see above
IDS = "INSERT INTO task_ids SELECT tenant_id, task_id, anchor, cluster_id FROM tasks"
EVENTS = """
INSERT INTO events (tenant_id, cluster_id, task_id, type, at, received_at, hostname, pid, clock, name, args)
SELECT 1, cluster_id, task_id, kind, anchor + INTERVAL place SECOND, anchor + INTERVAL place SECOND, worker, 7,
    rowNumberInAllBlocks(), if(place = 0, name, ''), if(place = 0, args, '')
FROM tasks ARRAY JOIN ['task-received', 'task-started', 'task-succeeded'] AS kind, [0, 1, 3] AS place
WHERE anchor > {day} AND anchor <= {day} + INTERVAL 1 DAY
"""


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = await ChdbStore.open(Path(folder) / "store", ChdbSettings())
        log = await EmbeddedLog.open(Path(folder) / "log", EmbeddedLogSettings())
        try:
            began_s = time.monotonic()
            await load(store, count)
            print(f"loaded {count:,} tasks of {DAYS} days in {time.monotonic() - began_s:.0f} s")
            async with served(store, log, QuerySettings(deadline_s=30)) as api:
                await questions(api)
        finally:
            await log.close()
            await store.close()
    live()


async def load(store: ChdbStore, count: int) -> None:
    await migrate(store)
    step_ms = DAYS * 86_400_000 // count
    for since in range(0, count, SLICE):
        filled = TASKS.replace("{step_ms}", str(step_ms)).replace("{since}", str(since))
        await store.command(filled.replace("{count}", str(min(SLICE, count - since))))
    await store.command(IDS)
    for day in range(DAYS):
        await store.command(EVENTS.replace("{day}", f"fromUnixTimestamp({int(NOW_S) - (day + 1) * 86_400})"))
    beats = [
        beat(f"celery@{n}", NOW_S - 10 * back, 10_000 - back, cluster_id=1 + n % 2)
        for n in range(50)
        for back in range(300)
    ]
    await insert(store, "workers_in", beats)


async def questions(api: Api) -> None:
    """p50 and p95 of each. The engine remembers which granules a filter passed, so the first of each is told apart."""
    newest = (await api.get("/tasks"))["items"]
    old = (await api.get("/tasks", sort="oldest", limit=1))["items"][0]["id"]
    deep = (await api.get("/tasks", to="now-15d", limit=50))["next"]
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("newest 50", "/tasks", {}),
        ("newest 50 of 24 h", "/tasks", {"from_": "now-24h"}),
        ("failures, no range", "/tasks", {"state": "FAILURE"}),
        ("failures of 30 days of one worker", "/tasks", {"state": "FAILURE", "worker": "celery@0", "from_": "now-30d"}),
        ("one name, 24 h", "/tasks", {"name": "shop.tasks.name_7", "from_": "now-24h"}),
        ("no such name, no range", "/tasks", {"name": "none"}),
        ("a page in the middle", "/tasks", {"cursor": deep}),
        ("word, common", "/tasks", {"q": "customer_77"}),
        ("word, rare, 30 days", "/tasks", {"q": "987654", "from_": "now-30d"}),
        ("word, absent, no range", "/tasks", {"q": "nowhere"}),
        ("part of a name", "/tasks", {"q": "name_19"}),
        ("beginning of an id", "/tasks", {"q": old[:8]}),
        (
            "grammar, 24 h",
            "/tasks",
            {"q": "name:name_1* -queue:queue_3 runtime:>1s (state:failed OR retries:0)", "from_": "now-24h"},
        ),
        ("grammar, absent, 30 days", "/tasks", {"q": "runtime:>1h OR wait:>1h", "from_": "now-30d"}),
        ("args:part, absent, 30 days", "/tasks", {"q": "args:nowhere", "from_": "now-30d"}),
        ("kwargs:key=value, absent, 30 days", "/tasks", {"q": "kwargs:a=nowhere", "from_": "now-30d"}),
        ("traceback, absent, 24 h", "/tasks", {"q": "traceback:nowhere", "from_": "now-24h"}),
        ("traceback, absent, 30 days", "/tasks", {"q": "traceback:nowhere", "from_": "now-30d"}),
        ("facets by state, 24 h, 60 buckets", "/tasks/facets", {"from_": "now-24h", "buckets": 60}),
        ("facets by state, 30 days, 60 buckets", "/tasks/facets", {"from_": "now-30d", "buckets": 60}),
        ("facets by name, 24 h, part", "/tasks/facets", {"from_": "now-24h", "by": "name", "prefix": "name_1"}),
        (
            "facets, a search, 30 days",
            "/tasks/facets",
            {"from_": "now-30d", "q": "state:failed exception:card", "buckets": 60},
        ),
        ("story of a new task", f"/tasks/{newest[0]['id']}", {}),
        ("story of an old task", f"/tasks/{old}", {}),
        ("clusters", "/clusters", {}),
        ("workers", "/workers", {}),
        ("one worker", "/workers/celery@0", {}),
        ("a day of one worker", "/workers/celery@0/history", {"from_": "now-24h"}),
        ("problems, remembered after the first", "/problems", {}),
        ("trends 1 h by minute", "/trends", {}),
        ("trends 24 h", "/trends", {"from_": "now-24h"}),
        ("trends 24 h, a search", "/trends", {"from_": "now-24h", "q": "name:name_1* runtime:>1s"}),
        ("trends 24 h by name", "/trends", {"from_": "now-24h", "by": "name"}),
        ("trends 30 days by hour", "/trends", {"from_": "now-30d"}),
        ("trends 30 days by queue", "/trends", {"from_": "now-30d", "by": "queue"}),
    ]
    print(f"{'question':40} {'first':>8} {'p50':>8} {'p95':>8}  ms")
    for name, path, query in asked:
        took_ms = [await timed(api, path, query) for _ in range(ROUNDS)]
        p95 = statistics.quantiles(took_ms[1:], n=20)[18]
        print(f"{name:40} {took_ms[0]:8.1f} {statistics.median(took_ms[1:]):8.1f} {p95:8.1f}")


async def timed(api: Api, path: str, query: dict[str, Any]) -> float:
    began_s = time.perf_counter()
    await api.get(path, **query)
    return (time.perf_counter() - began_s) * 1000


def live() -> None:
    """What an event costs the process that is watched by one viewer, who wants all of them or one in fifty."""
    rows = [
        event("task-received", f"t{n}", NOW_S + n, clock=n, name=f"n{n % 50}", args="(1, 2)") for n in range(10_000)
    ]
    made = blocks_of(Table.EVENTS, 1, 1, rows, 4)
    names = Names()
    began_s = time.process_time()
    found = [one for block in made for one in happenings(block, names)]
    parsed_s = time.process_time() - began_s
    shown = sum(len(one.shown("shop-eu", payload=True)) for one in found)
    shown_s = time.process_time() - began_s - parsed_s
    print(
        f"live, CPU an event: parsed {parsed_s * 100:.1f} us, shown {shown_s * 100:.1f} us, {shown // len(found)} bytes"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
