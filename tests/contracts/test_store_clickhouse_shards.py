"""What control asks is answered through two shards as by one; what query asks, `tests/query/test_shards.py` tries."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import orjson
import pytest

from tests.contracts.store_shards import Sharded, sharded
from tests.query.seeds import NOW_S, beat, event, insert, task
from tests.servers.clickhouse import ClickHouse

NOW_MS = int(NOW_S * 1000)
QUESTIONS = {file.name: file.read_text() for file in (files("meadow.control") / "sql").iterdir()}
TASKS = [f"t{n}" for n in range(20)]
VALUES: dict[str, Any] = {
    "tenant_id": 1,
    "cluster_id": 1,
    "cluster_ids": [1],
    "command_id": "c3",
    "marks": [f"mark-{n}" for n in range(5)],
    "command": "",
    "state": "",
    "asked_by": "",
    "from_us": 0,
    "to_us": NOW_MS * 1_000_000,
    "before_us": NOW_MS * 1_000_000,
    "before_id": "",
    "limit": 100,
    "now_ms": NOW_MS,
    "task_ids": TASKS,
    "young_ms": NOW_MS - 1000,
}


@pytest.fixture
async def store(clickhouse: ClickHouse) -> AsyncIterator[Sharded]:
    async with sharded(clickhouse) as made:
        yield made


def told(kind: str, command: str, number: int) -> dict[str, Any]:
    fields = orjson.dumps({"id": command, "command": "revoke"}).decode()
    return event(f"meadow-command-{kind}", "", NOW_S - number, fields=fields)


async def seed(store: Sharded) -> None:
    names = [*(f"c{n}" for n in range(8)), *VALUES["marks"]]
    commands = [told(kind, name, n) for n, name in enumerate(names) for kind in ("asked", "answered")]
    await insert(store, "events", commands)
    await insert(store, "tasks", [task(name, born_s=NOW_S - 5_000) for name in TASKS])
    await insert(store, "tasks", [task(name, born_s=NOW_S - 5_000, state="FAILURE", version=2) for name in TASKS[:5]])
    await insert(store, "workers_in", [beat(f"celery@{n}", NOW_S - 1, n) for n in range(9)])


async def test_the_rows_are_on_both_shards(store: Sharded) -> None:
    await seed(store)
    for table in ("tasks", "task_ids", "commands", "workers"):
        counted = await store.ask(f"SELECT shardNum(), count() FROM {table} GROUP BY 1", {})  # noqa: S608 (names above)
        assert len(counted.rows) == 2, table


@pytest.mark.parametrize("name", QUESTIONS)
async def test_two_shards_answer_as_one(store: Sharded, name: str) -> None:
    await seed(store)
    sql = QUESTIONS[name]
    values = {one: VALUES[one] for one in set(re.findall(r"\{(\w+):", sql))}
    whole, parts = await store.local.ask(sql, values), await store.readers.ask(sql, values)
    assert whole.rows
    assert sorted(whole.rows) == sorted(parts.rows)
