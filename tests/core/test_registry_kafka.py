"""The registry on a real Kafka: seen by every process, its secrets by nobody who reads the topic."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from meadow.core.logs.kafka_topics import REGISTRY
from meadow.core.registry import Registry
from meadow.core.seal import Seal
from meadow.core.streams.kafka import KafkaStream
from tests.contracts.kafka_streams import KafkaStreams
from tests.core.registries import AMQP, KEY, REDIS, SECRET, slugs
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker


class KafkaRegistries(KafkaStreams):
    """Each `open_registry` is another process."""

    async def open_registry(self, *keys: str) -> Registry:
        registry = Registry(KafkaStream(self.connection, REGISTRY), Seal(keys) if keys else None)
        self.keep(registry)
        await self.run(registry)
        return registry


@pytest.fixture
async def several(kafka: Kafka) -> AsyncIterator[KafkaRegistries]:
    async with KafkaRegistries(kafka) as made:
        yield made


async def test_seeds_and_changes_are_seen_everywhere(several: KafkaRegistries) -> None:
    control, ingest, query = [await several.open_registry(*keys) for keys in ((KEY,), (KEY,), ())]
    await control.seed("acme", [("shop", REDIS), ("bar", AMQP)])
    for one in (ingest, query):
        await until(lambda one=one: slugs(one) == ["acme/shop", "acme/bar"], "it knows both")  # type: ignore[misc]
    assert [cluster.connection for cluster in ingest.directory.clusters] == [REDIS, AMQP]
    assert [cluster.connection.url for cluster in query.directory.clusters] == [REDIS.masked, AMQP.masked]
    version = control.cluster("acme", "bar").version
    await control.remove_cluster("acme", "bar", by="ann", expected=version)
    await until(lambda: slugs(ingest) == slugs(query) == ["acme/shop"], "both see it removed")
    late = await several.open_registry(KEY)
    assert late.directory == ingest.directory
    assert late.tenants() == query.tenants()


async def test_who_reads_the_topic_reads_no_secret(several: KafkaRegistries, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    registry, stream = await several.open_registry(KEY), await several.started()
    await registry.seed("acme", [("shop", REDIS), ("bar", AMQP)])
    await until(lambda: len(stream.entries) == 3, "all is there")
    assert not [entry for entry in stream.entries.values() if SECRET.encode() in entry.value]
    assert SECRET not in caplog.text
