"""Every adapter by name, and which one a setting means: the one module that imports them, each when it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from meadow.control.wire import Wire
from meadow.core.appends import MeasuredLog
from meadow.core.connections import AMQP_SCHEMES, REDIS_SCHEMES, Connection
from meadow.core.kafka import KafkaConnection
from meadow.core.scope import Cluster
from meadow.core.store import Store
from meadow.core.stream import Stream
from meadow.deploy.opening import CountedLog
from meadow.deploy.roles import ClickHouse
from meadow.deploy.settings import Retention
from meadow.ingest.ownership import Ownership
from meadow.ingest.source import Source

if TYPE_CHECKING:
    from meadow.core.stores.clickhouse_settings import ClickHouseSettings

CLAIM_WITHIN_S = 10.0  # somebody waits for the command; others claim meanwhile


async def embedded_log(folder: Path, bytes_max: int) -> MeasuredLog:
    """Raises BadSettings when another process owns the folder."""
    from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings

    return await EmbeddedLog.open(folder, EmbeddedLogSettings(bytes_max=bytes_max))


async def embedded_store(folder: Path) -> Store:
    """chDB, migrated."""
    from meadow.core.stores.chdb import ChdbStore

    store = await ChdbStore.open(folder)
    try:
        await migrated(store)
    except BaseException:
        await store.close()
        raise
    return store


async def kafka_log(connection: KafkaConnection, shard: tuple[int, int] = (0, 1)) -> CountedLog:
    """Raises LogUnavailable while Kafka is away, refuses the user, or has no such topic yet."""
    from meadow.core.logs.kafka import KafkaLog, KafkaLogSettings

    return await KafkaLog.open(connection, KafkaLogSettings(shard=shard))


async def clickhouse_store(role: ClickHouse) -> Store:
    """Raises StoreUnavailable while ClickHouse is away or refuses the user."""
    from meadow.core.stores.clickhouse import ClickHouseStore

    return await ClickHouseStore.open(clickhouse_settings(role))


async def clickhouse_store_of_all_shards(role: ClickHouse) -> Store:
    """As clickhouse_store; to ask, not to insert."""
    from meadow.core.stores.layouts import of_all_shards

    return await clickhouse_store(replace(role, database=of_all_shards(role.database)))


def clickhouse_settings(role: ClickHouse) -> ClickHouseSettings:
    """Raises BadSettings for an address that is none."""
    from meadow.core.stores.clickhouse_settings import ClickHouseSettings

    return ClickHouseSettings(
        role.url, role.username, role.password, role.database, role.ca_file, insert_quorum=role.quorum
    )


def kafka_stream(connection: KafkaConnection) -> Stream:
    """Where the registry is kept."""
    from meadow.core.streams.kafka import KafkaStream

    return KafkaStream(connection, "registry")


def claims_stream(connection: KafkaConnection, keep_s: float) -> Stream:
    """Where processes claim what one of them alone may do. keep_s: how long a claim is known."""
    from meadow.core.streams.kafka import KafkaStream
    from meadow.core.streams.kafka_reading import ReadingSettings

    return KafkaStream(connection, "claims", ReadingSettings(keep_s=keep_s), put_within_s=CLAIM_WITHIN_S)


async def embedded_stream(path: Path) -> Stream:
    """The same, in a file."""
    from meadow.core.streams.embedded import EmbeddedStream

    return await EmbeddedStream.open(path)


def alone() -> Ownership:
    """Of a Meadow in one process."""
    from meadow.ingest.ownerships.alone import Alone

    return Alone()


def shared(connection: KafkaConnection, node: str, zone: str) -> Ownership:
    """Of many nodes."""
    from meadow.ingest.ownerships.kafka import ByKafka

    return ByKafka(connection, node, zone)


async def topics_made(connection: KafkaConnection, partitions: int, replication: int, hours: int) -> Sequence[str]:
    """What was made or changed. Raises BadSettings, LogUnavailable."""
    from meadow.core.logs.kafka_topics import TopicSettings, make_topics

    return await make_topics(connection, TopicSettings(partitions, replication, hours))


async def migrated(store: Store, role: ClickHouse | None = None) -> Sequence[str]:
    """Runs what has not run yet; the names of what ran. role: where the store's servers are; None for the embedded one."""
    from meadow.core.stores.layouts import SINGLE, Layout
    from meadow.core.stores.migrations import migrate

    return await migrate(store, Layout(role.cluster, role.database) if role else SINGLE)


async def migrations_missing(store: Store) -> Sequence[str]:
    """The names of what `migrate` would run, by the journal. Raises StoreRefused where there is none."""
    from meadow.core.stores.migrations import migrations

    ran = {number for (number,) in (await store.ask("SELECT DISTINCT number FROM schema_migrations", {})).rows}
    return [one.label for one in migrations() if one.number not in ran]


async def kept(store: Store, days: Retention) -> Sequence[str]:
    """Each table keeps its rows that long from now on; the tables whose days were changed."""
    from meadow.core.stores.retention import RetentionSettings, keep

    return await keep(store, RetentionSettings(days.events, days.tasks, dead_letters_days=days.dead_letters))


def source(cluster: Cluster) -> Source:
    """The source that speaks the broker's protocol; whatever is neither AMQP nor Redis is kombu's to know."""
    connection = cluster.connection
    if connection.scheme in AMQP_SCHEMES:
        from meadow.ingest.sources.amqp import AmqpSource

        return AmqpSource(cluster.slug, connection)
    if connection.scheme in REDIS_SCHEMES:
        from meadow.ingest.sources.redis import RedisSource

        return RedisSource(connection)
    from meadow.ingest.sources.kombu import KombuSource

    return KombuSource(connection)


def wire(connection: Connection) -> Wire:
    """The same choice for commands."""
    if connection.scheme in AMQP_SCHEMES:
        from meadow.control.wires.amqp import AmqpWire

        return AmqpWire(connection)
    if connection.scheme in REDIS_SCHEMES:
        from meadow.control.wires.redis import RedisWire

        return RedisWire(connection)
    from meadow.control.wires.kombu import KombuWire

    return KombuWire(connection)
