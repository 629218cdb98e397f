"""Starts and stops aiokafka's clients so that a Kafka that is away is a typed error and never a hang."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed

from meadow.core.errors import LogUnavailable

T = TypeVar("T")
ABANDON_S = 1.0
log = logging.getLogger(__name__)


def unavailable(error: BaseException) -> LogUnavailable:
    """What to tell a caller of an error of aiokafka or of a deadline."""
    if isinstance(error, TimeoutError):
        return LogUnavailable("Kafka does not answer in time.")
    return LogUnavailable(f"Kafka refuses or cannot be reached: {error}.")


async def answered(question: Awaitable[T], within_s: float) -> T:
    """Its answer. Raises LogUnavailable: aiokafka itself asks for ever while Kafka is away."""
    try:
        async with asyncio.timeout(within_s):
            return await question
    except (KafkaError, TimeoutError) as error:
        raise unavailable(error) from error


async def started(client: Any, within_s: float) -> None:
    """Raises LogUnavailable; the client is stopped then, and a new one must be made: they start once.

    aiokafka 0.14 forgets its first connection where it is cancelled before the answer, so a start is let go on for a moment.
    """
    starting = asyncio.ensure_future(client.start())
    try:
        await answered(asyncio.shield(starting), within_s)
    except BaseException:
        try:
            await asyncio.wait({starting}, timeout=ABANDON_S)
            starting.cancel()
            await asyncio.wait({starting}, timeout=ABANDON_S)
        finally:
            starting.cancel()
            await stopped(client, ABANDON_S)
        raise


async def stopped(client: Any, within_s: float) -> None:
    """Stops it in order; what is not done within_s is given up. Never raises, again is harmless.

    aiokafka 0.14: the stop of an idempotent producer with something unsent waits for Kafka for ever.
    """
    stopping = asyncio.ensure_future(client.stop())
    try:
        await asyncio.wait({stopping}, timeout=within_s)
    finally:
        if not stopping.done():
            log.warning("a client of Kafka did not stop within %.1f s and is abandoned", within_s)
            # apart: where aiokafka 0.14 closes, it takes a cancelling of its caller for that of its own tasks, and forgets it
            await asyncio.wait([asyncio.create_task(_abandon(client, stopping), name="abandoning a client of Kafka")])
    if not stopping.cancelled() and (error := stopping.exception()) is not None:
        log.warning("a client of Kafka stopped with %r", error)


async def _abandon(client: Any, stopping: asyncio.Future[None]) -> None:
    """Whoever waits for the client gets an error; its tasks end and its sockets close."""
    if isinstance(client, AIOKafkaProducer):
        await _within(client.client.close())
        client._message_accumulator.fail_all(ProducerClosed())
        tasks = {client._sender.sender_task}
    else:
        stopping.cancel()
        coordinator = client._coordinator
        names = ("_coordination_task", "_heartbeat_task", "_commit_refresh_task", "_reset_committed_task")
        tasks = {getattr(coordinator, name, None) for name in names}
    running = {task for task in tasks if task is not None and not task.done()}
    for task in running:
        task.cancel()
    await asyncio.wait({stopping, *running}, timeout=ABANDON_S)
    stopping.cancel()
    if not isinstance(client, AIOKafkaProducer):
        if client._fetcher is not None:
            await _within(client._fetcher.close())
        await _within(client._client.close())
    await asyncio.wait({stopping}, timeout=ABANDON_S)


async def _within(closing: Awaitable[None]) -> None:
    with suppress(TimeoutError, KafkaError):
        async with asyncio.timeout(ABANDON_S):
            await closing
