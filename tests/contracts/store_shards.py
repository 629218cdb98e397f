"""A store as a cluster of two shards is used: rows go to the shard of their task or worker, questions to Distributed tables.

Both shards are one engine here, which answers for each of them by itself: what is real is the SQL, how it is taken apart, and
how it is put together again. A filter on the tables shows each shard only the rows that the log would have brought it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from meadow.core.store import DEFAULT_LIMITS, Answer, Form, Limits
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.layouts import Layout, spread
from meadow.core.stores.migrations import migrate
from tests.servers.clickhouse import ClickHouse

LAYOUT = Layout("two", "meadow_two")
OF_A_TASK, OF_A_WORKER = "task_id", "hostname"
KEYS = {
    "events": f"if(empty({OF_A_TASK}), {OF_A_WORKER}, {OF_A_TASK})",
    "tasks": OF_A_TASK,
    "task_ids": OF_A_TASK,
    "late_tasks": OF_A_TASK,
    "workers": OF_A_WORKER,
    "worker_minutes": OF_A_WORKER,
    "snapshots": OF_A_WORKER,
    "collector_counts": "collector",
    "commands": "command_id",
    "dead_letters": "reason",
}


@dataclass(frozen=True)
class Sharded:
    """A Store: `local` takes the rows, `readers` see them through both shards."""

    local: ClickHouseStore
    readers: ClickHouseStore

    async def insert(self, table: str, rows: bytes, *, columns: Sequence[str] = (), form: Form = "JSONEachRow") -> None:
        await self.local.insert(table, rows, columns=columns, form=form)

    async def ask(self, sql: str, parameters: Mapping[str, Any], limits: Limits = DEFAULT_LIMITS) -> Answer:
        return await self.readers.ask(sql, parameters, limits)

    async def ask_bytes(
        self, sql: str, parameters: Mapping[str, Any], form: str, limits: Limits = DEFAULT_LIMITS
    ) -> bytes:
        return await self.readers.ask_bytes(sql, parameters, form, limits)

    async def command(self, sql: str) -> None:
        await self.local.command(sql)

    async def close(self) -> None:
        await self.local.close()
        await self.readers.close()


@asynccontextmanager
async def sharded(server: ClickHouse) -> AsyncIterator[Sharded]:
    """An empty one."""
    opened = [
        await ClickHouseStore.open(server.store_settings(name)) for name in (LAYOUT.database, LAYOUT.readers_database)
    ]
    made = Sharded(*opened)
    try:
        await migrate(made.local, Layout(database=LAYOUT.database))
        await spread(made.local, LAYOUT)
        for table in KEYS:
            await made.local.command(f"TRUNCATE TABLE {table}")
        # Of the readers only: what an insert's views read must not be filtered.
        made.readers._client._client.set_client_setting("additional_table_filters", _filters())
        yield made
    finally:
        await made.close()


def _filters() -> str:
    """As `partition_of` says it."""
    return str({f"{LAYOUT.database}.{table}": _of_the_shard(key) for table, key in KEYS.items()})


def _of_the_shard(key: str) -> str:
    cluster = "" if key == "command_id" else "toString(cluster_id), "
    return f"CRC32(concat(toString(tenant_id), {cluster}{key})) % 2 = shardNum() - 1"
