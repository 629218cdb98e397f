"""Opens what `meadow replay` works on: the log and the store of a data folder, or Kafka and ClickHouse."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from meadow.core.errors import BadSettings
from meadow.core.log import Log
from meadow.core.store import Store
from meadow.deploy import roles
from meadow.deploy.adapters import (
    clickhouse_store,
    clickhouse_store_of_all_shards,
    embedded_log,
    embedded_store,
    kafka_log,
)
from meadow.deploy.process import configure_logging
from meadow.deploy.replay import order, run
from meadow.deploy.settings import LOG, STORE

NOTHING_DELETED = 2**60  # bytes: a log must not lose what is about to be read, whatever `meadow all` keeps of it


def replay(given: Mapping[str, Any]) -> int:
    """The exit status. Raises BadSettings, and what stopped it."""
    configure_logging(given["log_level"], given["log_format"])
    apart = bool(given["kafka"] or given["clickhouse"])
    shard = roles.shard(given["shard"])
    return run(
        order(given["what"], given, alone=not apart, shard=shard),
        (lambda: _servers(given, shard)) if apart else (lambda: _folder(given)),
    )


@asynccontextmanager
async def _servers(given: Mapping[str, Any], shard: tuple[int, int]) -> AsyncIterator[tuple[Log, Store, Store]]:
    connection, clickhouse = roles.kafka(given), roles.clickhouse(given)
    async with AsyncExitStack() as stack:
        log = await kafka_log(connection, shard)
        stack.push_async_callback(log.close)
        store = await clickhouse_store(clickhouse)
        stack.push_async_callback(store.close)
        everywhere = store
        if shard[1] > 1:
            everywhere = await clickhouse_store_of_all_shards(clickhouse)
            stack.push_async_callback(everywhere.close)
        yield log, store, everywhere


@asynccontextmanager
async def _folder(given: Mapping[str, Any]) -> AsyncIterator[tuple[Log, Store, Store]]:
    """Raises BadSettings while a Meadow runs on it, or when it is not there."""
    folder = given["data_dir"].expanduser().resolve()
    if not folder.is_dir():
        raise BadSettings(f"There is no folder {folder}. Give the --data-dir that `meadow all` runs with.")
    async with AsyncExitStack() as stack:
        log = await embedded_log(folder / LOG, NOTHING_DELETED)
        stack.push_async_callback(log.close)
        store = await embedded_store(folder / STORE)
        stack.push_async_callback(store.close)
        yield log, store, store
