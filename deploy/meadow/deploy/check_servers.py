"""Tries Kafka, ClickHouse and the registry as the services use them, without changing anything there."""

from __future__ import annotations

from collections.abc import Sequence

from meadow.core.errors import BadSettings, StoreRefused
from meadow.core.kafka import KafkaConnection
from meadow.core.registry import Registry
from meadow.core.scope import Cluster
from meadow.core.seal import Seal
from meadow.deploy.adapters import clickhouse_store, kafka_log, migrations_missing
from meadow.deploy.roles import ClickHouse
from meadow.deploy.seeding import registry_of

WITHIN_S = 15.0
MIGRATE = "Run: meadow migrate"


async def kafka_answers(connection: KafkaConnection) -> str:
    """Opens the log as every service does. Raises LogUnavailable with what is in the way."""
    log = await kafka_log(connection)
    try:
        records = sum((await log.ends()).values())
        return f"{log.partitions} partitions, {records} records so far"
    finally:
        await log.close()


async def clickhouse_answers(role: ClickHouse) -> str:
    """Asks what was migrated. Raises StoreUnavailable, BadSettings for a password or tables that are missing."""
    store = await clickhouse_store(role)
    try:
        await store.ask("SELECT 1", {})
        missing = await migrations_missing(store)
    except StoreRefused as error:
        raise BadSettings(f"The database {role.database} has no tables of Meadow. {MIGRATE}") from error
    finally:
        await store.close()
    if missing:
        raise BadSettings(f"{len(missing)} migrations have not run, from {missing[0]} on. {MIGRATE}")
    return f"database {role.database}, every migration has run"


async def registry_read(connection: KafkaConnection, keys: Sequence[str]) -> tuple[str, Sequence[Cluster]]:
    """What can be read of the registry with these keys, and the clusters whose brokers can be tried: none without a key.

    Raises LogUnavailable, BadSettings.
    """
    seal = Seal(keys) if keys else None
    async with registry_of(connection, seal, WITHIN_S) as registry:
        return _told(registry), registry.directory.clusters if seal else ()


def _told(registry: Registry) -> str:
    if registry.skipped.get("sealed"):
        raise BadSettings(
            f"{registry.skipped['sealed']} clusters were sealed with another key. Give that one too: --registry-key new,old"
        )
    skipped = sum(registry.skipped.values())
    told = f"{len(registry.tenants())} tenants, {len(registry.directory.clusters)} clusters"
    return f"{told}, {skipped} entries left out: {dict(registry.skipped)}" if skipped else told
