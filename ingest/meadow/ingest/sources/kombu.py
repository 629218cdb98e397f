"""Celery events from any other transport of kombu that has fan-out: filesystem, memory, and those with a server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from meadow.core.connections import Connection
from meadow.ingest.source import Batch, SourceState
from meadow.ingest.sources.broadcast import enable_events_body
from meadow.ingest.sources.kombu_link import KombuLink
from meadow.ingest.sources.kombu_wire import broadcast
from meadow.ingest.sources.links import BackOff, Links

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KombuSettings:
    """poll_every_s: how often a transport that must be asked is asked, unless its own `polling_interval` says otherwise.
    batch_messages_max: in one batch; two more may wait."""

    poll_every_s: float = 0.1
    batch_messages_max: int = 500
    connect_within_s: float = 10.0
    back_off_first_s: float = 0.2
    back_off_max_s: float = 30.0


class KombuSource:
    """A Source for every scheme that has none of its own. Tokens mean nothing here: its queue goes with its connection."""

    def __init__(self, connection: Connection, settings: KombuSettings = KombuSettings()) -> None:
        self._connection = connection
        self._settings = settings
        self._links = Links(self._open, BackOff(settings.back_off_first_s, settings.back_off_max_s))
        self._turn = asyncio.Lock()

    @property
    def state(self) -> SourceState:
        return self._links.state

    async def batches(self) -> AsyncIterator[Batch]:
        """See Source."""
        async with aclosing(self._links.stream()) as stream:
            async for taken in stream:
                yield Batch(taken.messages, taken.gaps)

    async def done(self, token: int) -> None:
        """Nothing to do: what was taken has left the transport."""

    async def enable_events(self, hostnames: Sequence[str] | None) -> None:
        """See Source. Runs in a thread, one at a time."""
        within_s = self._settings.connect_within_s
        async with self._turn:
            try:
                await asyncio.to_thread(broadcast, self._connection, enable_events_body(hostnames), within_s=within_s)
            except Exception as error:  # noqa: BLE001 - every transport has errors of its own
                log.info("enable_events was not sent to %s: %s", self._connection.masked, type(error).__name__)

    async def close(self) -> None:
        await self._links.close()

    async def _open(self) -> KombuLink:
        settings = self._settings
        link = KombuLink(
            self._connection,
            batch_max=settings.batch_messages_max,
            poll_every_s=settings.poll_every_s,
            connect_within_s=settings.connect_within_s,
        )
        try:
            await link.open()
        except BaseException:
            await link.close()
            raise
        return link
