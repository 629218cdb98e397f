"""Speaks to a cluster's workers over AMQP, on a connection of its own: a broker in alarm stops reading from publishers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiormq
import orjson
from aiormq.exceptions import ChannelAccessRefused, ChannelNotFoundEntity
from pamqp.commands import Basic

from meadow.core.uncancelled import uncancelled
from meadow.ingest.sources.amqp_topology import channel

CONFIRM_WITHIN_S = 5.0

BLOCKED = "The broker takes no messages, as it is short of memory or disk: what workers send now comes late."


class AmqpVoice:
    """Publishes broadcasts to `pidbox`, one at a time. `problem` says why the last one did not go out, or ""."""

    def __init__(self, pidbox: str, connect: Callable[[], Awaitable[aiormq.Connection]]) -> None:
        self._pidbox = pidbox
        self._connect = connect
        self._wire: aiormq.Connection | None = None
        self._turn = asyncio.Lock()
        self._problem = ""

    @property
    def problem(self) -> str:
        return BLOCKED if self._blocked() else self._problem

    async def say(self, body: dict[str, object]) -> None:
        """Returns when the broker has it; raises whatever kept it from that, within seconds."""
        async with self._turn:
            try:
                await uncancelled(self._publish(orjson.dumps(body)))
                self._problem = ""
            except ChannelNotFoundEntity:
                self._problem = ""  # no worker has ever listened
            except ChannelAccessRefused:
                self._problem = (
                    f"Meadow may not switch events on for workers started without -E: allow its user to write to"
                    f" exchange '{self._pidbox}'."
                )
                raise

    async def close(self) -> None:
        if self._wire is not None:
            await self._wire.close()

    async def _publish(self, body: bytes) -> None:
        if self._wire is None or self._wire.is_closed:
            self._wire = await self._connect()
        properties = Basic.Properties(
            content_type="application/json", content_encoding="utf-8", delivery_mode=1, headers={"clock": 0}
        )
        async with asyncio.timeout(CONFIRM_WITHIN_S), channel(self._wire, confirms=True) as ours:
            await ours.basic_publish(body, exchange=self._pidbox, properties=properties)

    def _blocked(self) -> bool:
        if self._wire is None or self._wire.is_closed or not self._wire.connected.is_set():
            return False
        unblocked: asyncio.Event = vars(self._wire)[
            "_Connection__connection_unblocked"
        ]  # aiormq 7.2 has no public word
        return not unblocked.is_set()
