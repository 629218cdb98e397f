"""The topics of a Meadow are made once, follow their settings, and never lose partitions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from meadow.core.errors import BadSettings, LogUnavailable
from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka_admin import admin, partitions_of, settings
from meadow.core.logs.kafka_topics import TopicSettings, make_topics
from tests.servers.kafka import Kafka
from tests.servers.processes import free_port

pytestmark = pytest.mark.broker

SMALL = TopicSettings(partitions=2)
WITHIN_S = 10.0


async def test_they_are_made_once(kafka: Kafka) -> None:
    connection = kafka.connection()
    names = [connection.topic(name) for name in ("events", "registry", "claims")]
    assert await make_topics(connection, SMALL) == names
    assert await make_topics(connection, SMALL) == []
    assert [await partitions_of(connection, name, WITHIN_S) for name in names] == [2, 1, 1]


async def test_the_registry_and_the_claims_are_compacted(kafka: Kafka) -> None:
    connection = kafka.connection()
    await make_topics(connection, SMALL)
    policies = [await value(connection, name, "cleanup.policy") for name in ("events", "registry", "claims")]
    assert policies == ["delete", "compact", "compact,delete"]


async def test_more_partitions_are_added_and_fewer_refused(kafka: Kafka) -> None:
    connection = kafka.connection()
    await make_topics(connection, SMALL)
    done = await make_topics(connection, replace(SMALL, partitions=5))
    assert done == [f"{connection.topic('events')}: 5 partitions, not 2"]
    assert await partitions_of(connection, connection.topic("events"), WITHIN_S) == 5
    with pytest.raises(BadSettings, match="has 5 partitions; 4 are fewer"):
        await make_topics(connection, replace(SMALL, partitions=4))


async def test_a_changed_setting_is_changed_and_an_operators_own_stays(kafka: Kafka) -> None:
    connection = kafka.connection()
    await make_topics(connection, SMALL)
    own = ConfigResource(ConfigResourceType.TOPIC, connection.topic("events"), {"segment.bytes": "10485760"})
    async with admin(connection, WITHIN_S) as client:
        await client.alter_configs([own])
    await make_topics(connection, replace(SMALL, retention_hours=1))
    assert await value(connection, "events", "retention.ms") == "3600000"
    assert await value(connection, "events", "segment.bytes") == "10485760"


async def test_more_replicas_than_brokers_are_refused(kafka: Kafka) -> None:
    with pytest.raises(BadSettings, match="events"):
        await make_topics(kafka.connection(), replace(SMALL, replication=3))


async def test_a_topic_with_fewer_copies_than_asked_for_is_told(kafka: Kafka, caplog: pytest.LogCaptureFixture) -> None:
    connection = kafka.connection()
    await make_topics(connection, SMALL)
    assert "copies" not in caplog.text
    await make_topics(connection, replace(SMALL, replication=3))
    assert f"{connection.topic('events')} has 1 copies of each record, not 3" in caplog.text


async def test_without_kafka_none_are_made() -> None:
    with pytest.raises(LogUnavailable, match="cannot be reached"):
        await make_topics(KafkaConnection((f"127.0.0.1:{free_port()}",)))


@pytest.mark.parametrize(
    "setting", [{"partitions": 0}, {"partitions": 1025}, {"replication": 0}, {"retention_hours": 0}]
)
def test_settings_out_of_bounds_are_refused(setting: dict[str, int]) -> None:
    with pytest.raises(BadSettings, match=str(*setting.values())):
        TopicSettings(**setting)


async def value(connection: KafkaConnection, topic: str, setting: str) -> str:
    async with admin(connection, WITHIN_S) as client:
        return (await settings(client, connection.topic(topic), WITHIN_S))[setting][0]
