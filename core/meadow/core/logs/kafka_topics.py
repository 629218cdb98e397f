"""Makes the topics of a Meadow, and tells what they are."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code

from meadow.core.errors import BadSettings, LogUnavailable
from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka_admin import MESSAGE_BYTES_MAX, admin, settings, topics
from meadow.core.logs.kafka_clients import answered

EVENTS, REGISTRY, CLAIMS = "events", "registry", "claims"
ANSWER_WITHIN_S = 20.0
LOOK_S = 0.05
HOUR_MS = 3_600_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """partitions       of `events`; more may be asked for later, fewer never.
    replication      brokers that keep each record; an append needs all but one of them, and one at least.
    retention_hours  of `events`: longer than any outage of the store, or rows are lost.
    retention_bytes  of each partition of `events`; -1 for no bound.
    claims_hours     how long a command's key is remembered.
    """

    partitions: int = 12
    replication: int = 1
    retention_hours: int = 168
    retention_bytes: int = -1
    claims_hours: int = 48

    def __post_init__(self) -> None:
        if not 1 <= self.partitions <= 1024:
            raise BadSettings(f"The log cannot have {self.partitions} partitions; 1 to 1024 are accepted.")
        for name in ("replication", "retention_hours", "claims_hours"):
            if getattr(self, name) < 1:
                raise BadSettings(f"{name} is {getattr(self, name)}; it must be 1 or more.")


@dataclass(frozen=True, slots=True)
class _Topic:
    name: str
    partitions: int
    settings: Mapping[str, str]


async def make_topics(connection: KafkaConnection, wanted: TopicSettings | None = None) -> list[str]:
    """What was made or changed, a name or a sentence each; nothing the second time. Settings of a topic that are none of
    Meadow's stay as they are; so does how many copies there are, which only a reassignment changes, and a log line says so.
    Returns when every partition has a leader.

    Raises BadSettings: fewer partitions than there are, or more replicas than brokers; LogUnavailable.
    """
    wanted = wanted or TopicSettings()
    done: list[str] = []
    async with admin(connection, ANSWER_WITHIN_S) as client:
        there = await topics(client, ANSWER_WITHIN_S)
        for topic in _topics(connection, wanted):
            if topic.name in there:
                _tell_copies(topic.name, there[topic.name], wanted.replication)
                done += await _change(client, topic, len(there[topic.name]))
            elif await _make(client, topic, wanted.replication):
                done.append(topic.name)
        await _until_led(client, [topic.name for topic in _topics(connection, wanted)])
    return done


def _topics(connection: KafkaConnection, wanted: TopicSettings) -> list[_Topic]:
    safe = {"min.insync.replicas": str(max(1, wanted.replication - 1))}
    events = {
        "cleanup.policy": "delete",
        "retention.ms": str(wanted.retention_hours * HOUR_MS),
        "retention.bytes": str(wanted.retention_bytes),
        "max.message.bytes": str(MESSAGE_BYTES_MAX),
        "message.timestamp.type": "LogAppendTime",  # retention and lag go by the brokers' clocks, not by ours
    }
    registry = {
        "cleanup.policy": "compact",
        "min.cleanable.dirty.ratio": "0.1",
        "delete.retention.ms": str(24 * HOUR_MS),  # everyone reads from 0 at start: a tombstone outlives one reading
        "max.message.bytes": str(MESSAGE_BYTES_MAX),
    }
    claims = {**registry, "cleanup.policy": "compact,delete", "retention.ms": str(wanted.claims_hours * HOUR_MS)}
    return [
        _Topic(connection.topic(EVENTS), wanted.partitions, safe | events),
        _Topic(connection.topic(REGISTRY), 1, safe | registry),
        _Topic(connection.topic(CLAIMS), 1, safe | claims),
    ]


async def _make(client: AIOKafkaAdminClient, topic: _Topic, replication: int) -> bool:
    """Whether it was made now; another may have been quicker."""
    new = NewTopic(topic.name, topic.partitions, replication, topic_configs=dict(topic.settings))
    answer = await answered(client.create_topics([new]), ANSWER_WITHIN_S)
    _, code, message = answer.topic_errors[0]
    error = for_code(code)
    if error is TopicAlreadyExistsError:
        return False
    if error is not NoError:
        raise _refused(f"Kafka does not make the topic {topic.name}: {message or error.__name__}", error.retriable)
    return True


def _tell_copies(name: str, partitions: Sequence[Mapping[str, Any]], wanted: int) -> None:
    fewest = min(len(one["replicas"]) for one in partitions)
    if fewest < wanted:
        log.warning(
            "%s has %d copies of each record, not %d: kafka-reassign-partitions.sh makes more of a topic that is there",
            *(name, fewest, wanted),
        )


async def _change(client: AIOKafkaAdminClient, topic: _Topic, partitions: int) -> list[str]:
    """What had to be changed of a topic that is there."""
    done: list[str] = []
    if partitions > topic.partitions:
        raise BadSettings(
            f"{topic.name} has {partitions} partitions; {topic.partitions} are fewer, which is not possible."
        )
    if partitions < topic.partitions:
        more = client.create_partitions({topic.name: NewPartitions(topic.partitions)})
        await answered(more, ANSWER_WITHIN_S)
        done.append(f"{topic.name}: {topic.partitions} partitions, not {partitions}")
    now = await settings(client, topic.name, ANSWER_WITHIN_S)
    changed = [name for name, value in topic.settings.items() if now.get(name, ("", False))[0] != value]
    if changed:
        own = {name: value for name, (value, on_topic) in now.items() if on_topic}  # what is left out would be unset
        await _alter(client, topic.name, own | dict(topic.settings))
        done += [f"{topic.name}: {name} {topic.settings[name]}" for name in changed]
    return done


async def _alter(client: AIOKafkaAdminClient, name: str, values: Mapping[str, str]) -> None:
    resource = ConfigResource(ConfigResourceType.TOPIC, name, dict(values))
    (answer,) = await answered(client.alter_configs([resource]), ANSWER_WITHIN_S)
    code, message, *_ = answer.resources[0]
    if code:
        raise _refused(f"Kafka does not change {name}: {message or for_code(code).__name__}", for_code(code).retriable)


def _refused(message: str, retriable: bool) -> BadSettings | LogUnavailable:
    return LogUnavailable(f"{message}.") if retriable else BadSettings(f"{message}.")


async def _until_led(client: AIOKafkaAdminClient, names: list[str]) -> None:
    """A topic that was just made is known to all brokers a moment later."""
    async with asyncio.timeout(ANSWER_WITHIN_S):
        while True:
            there = await topics(client, ANSWER_WITHIN_S)
            if all(there.get(name) and all(one["leader"] >= 0 for one in there[name]) for name in names):
                return
            await asyncio.sleep(LOOK_S)
