"""`meadow migrate`: Kafka's topics, ClickHouse's tables, and the tenants and clusters that settings name. Twice is as once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from meadow.core.registry import Registry
from meadow.core.seal import Seal
from meadow.deploy.adapters import clickhouse_store, kept, migrated, topics_made
from meadow.deploy.clusters import Seeds, seeds
from meadow.deploy.names import Tables
from meadow.deploy.process import configure_logging
from meadow.deploy.roles import Migrate, clickhouse, kafka
from meadow.deploy.seeding import registry_of
from meadow.deploy.settings import retention_of


def run(role: Migrate, log_level: str, log_format: str) -> None:
    """Prints what it did, a line each. Raises BadSettings, LogUnavailable, StoreUnavailable."""
    configure_logging(log_level, log_format)
    done = asyncio.run(_migrate(role, click.echo))
    click.echo("ready" if done else "ready: nothing was to be done")


def migrate_of(given: Mapping[str, Any], tables: Tables) -> Migrate:
    """From the options and the file's tables. Raises BadSettings."""
    named = [seeds(given["tenant"], given["broker"], tables.clusters)]
    named += [seeds(tenant, (), clusters) for tenant, clusters in tables.tenants.items()]
    return Migrate(
        kafka(given),
        clickhouse(given),
        tuple(given["registry_key"]),
        (given["partitions"], given["replication"], given["retention_hours"]),
        retention_of(given),
        tuple(named),
    )


async def _migrate(role: Migrate, say: Callable[[str], None]) -> int:
    """How many things were done."""
    count = 0
    for step in (_topics, _tables, _seeds):
        for line in await step(role):
            say(line)
            count += 1
    return count


async def _topics(role: Migrate) -> Sequence[str]:
    return [f"kafka: {line}" for line in await topics_made(role.kafka, *role.topics)]


async def _tables(role: Migrate) -> Sequence[str]:
    store = await clickhouse_store(role.clickhouse)
    try:
        ran = [f"clickhouse: migration {name}" for name in await migrated(store, role.clickhouse)]
        return ran + [f"clickhouse: retention of {table}" for table in await kept(store, role.retention)]
    finally:
        await store.close()


async def _seeds(role: Migrate) -> Sequence[str]:
    seal = Seal(role.keys) if role.keys else None
    async with registry_of(role.kafka, seal) as registry:
        before = _known(registry, role.seeds)
        for named in role.seeds:
            await registry.seed(named.tenant, named.clusters, flags=named.flags)
        after = _known(registry, role.seeds)
        changed = [f"registry: {name}" for name, version in after.items() if before.get(name) != version]
        sealed = await registry.reseal() if seal else 0
    return [*changed, *([f"registry: {sealed} broker URLs sealed with the first key"] if sealed else [])]


def _known(registry: Registry, named: Sequence[Seeds]) -> Mapping[str, int]:
    """Names to versions, of the tenants that are seeded."""
    tenants = {one.slug: one.version for one in registry.all_tenants() if one.slug in {seed.tenant for seed in named}}
    clusters = {f"cluster {t}/{one.slug}": one.version for t in tenants for one in registry.all_clusters(t)}
    return {**{f"tenant {slug}": version for slug, version in tenants.items()}, **clusters}
