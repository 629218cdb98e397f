"""Asks Kafka what topics there are and how they are set."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAuthorizationFailedError, for_code

from meadow.core.errors import LogUnavailable
from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka_clients import answered

STOP_WITHIN_S = 2.0
SET_ON_TOPIC = 1  # `config_source`: DYNAMIC_TOPIC_CONFIG
MESSAGE_BYTES_MAX = 1_048_588  # Kafka's default
MESSAGE_BYTES = "max.message.bytes"


@asynccontextmanager
async def admin(connection: KafkaConnection, within_s: float) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client for a few questions. Raises LogUnavailable."""
    client = AIOKafkaAdminClient(
        **connection.options(), client_id="meadow-admin", request_timeout_ms=int(within_s * 1000)
    )
    try:
        await answered(client.start(), within_s)
        yield client
    finally:
        await answered(client._client.close(), STOP_WITHIN_S)


async def topics(client: AIOKafkaAdminClient, within_s: float) -> dict[str, list[Mapping[str, Any]]]:
    """The partitions of every topic this user may see, by name. Asked for all: asking for one by name might make it."""
    found = await answered(client.describe_topics(None), within_s)
    return {one["topic"]: one["partitions"] for one in found}


class NotAllowed(LogUnavailable):
    """The user may not ask how a topic is set."""


async def settings(client: AIOKafkaAdminClient, topic: str, within_s: float) -> dict[str, tuple[str, bool]]:
    """By name: the value, and whether it is set on this topic. Raises LogUnavailable: no such topic, or not allowed."""
    asked = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    (answer,) = await answered(asked, within_s)
    code, message, _, _, entries = answer.resources[0]
    if code:
        kind = NotAllowed if for_code(code) is TopicAuthorizationFailedError else LogUnavailable
        raise kind(f"Kafka does not tell how {topic} is set: {message or for_code(code).__name__}.")
    return {name: (value, source == SET_ON_TOPIC) for name, value, _, source, *_ in entries}


async def partitions_of(connection: KafkaConnection, topic: str, within_s: float) -> int:
    """How many it has. Raises LogUnavailable, also when it is not there."""
    async with admin(connection, within_s) as client:
        found = (await topics(client, within_s)).get(topic)
    if not found:
        raise LogUnavailable(f"Kafka has no topic {topic}, or this user may not see it; `meadow migrate` makes it.")
    return len(found)


async def message_bytes_max(connection: KafkaConnection, topic: str, within_s: float) -> int:
    """Of one batch of records as it is sent; Kafka's default where the user may not ask. Raises LogUnavailable."""
    async with admin(connection, within_s) as client:
        try:
            return int((await settings(client, topic, within_s))[MESSAGE_BYTES][0])
        except NotAllowed:
            return MESSAGE_BYTES_MAX
