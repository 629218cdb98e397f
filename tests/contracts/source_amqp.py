"""What the cases of RabbitMQ as a source share: its settings, and a channel of one's own."""

from __future__ import annotations

import aiormq

from meadow.core.connections import Connection
from meadow.ingest.sources.amqp import AmqpSettings, AmqpSource
from tests.contracts.source_suite import BATCH_MAX

QUEUE = "meadow.events.v1.celeryev"
SETTINGS = AmqpSettings(batch_messages_max=BATCH_MAX, prefetch=200, back_off_max_s=0.5, queue_bytes_max=10_000_000)


def source_of(url: str, settings: AmqpSettings = SETTINGS, **options: object) -> AmqpSource:
    return AmqpSource("test", Connection(url, **options), settings)  # type: ignore[arg-type] # Connection checks them


async def with_channel(url: str, ask: object) -> None:
    wire = await aiormq.connect(url)
    try:
        channel = await wire.channel()
        await ask(channel)  # type: ignore[operator] # a coroutine function of one channel
    finally:
        await wire.close()
