"""A log and a store that may be away at the start: services are built on them at once, and hear so until they are there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from meadow.core.appends import MeasuredLog
from meadow.core.blocks import Block
from meadow.core.errors import LogUnavailable, StoreUnavailable
from meadow.core.log import Follower, Log, Owner, Positions, Tailed
from meadow.core.readings import Reading
from meadow.core.store import DEFAULT_LIMITS, Answer, Form, Limits, Store
from meadow.deploy.service import once_it_can

log = logging.getLogger(__name__)


class Closable(Protocol):
    async def close(self) -> None: ...


class CountedLog(MeasuredLog, Protocol):
    """A log that counts what else it does; see its own words for the names."""

    @property
    def counts(self) -> Mapping[str, int]: ...


Opened = TypeVar("Opened", bound=Closable)


class Opening(Generic[Opened]):
    """Opens, again and again until it is there; closes it at the end. A Service.

    problem  what is in the way, in the words of whoever refused; "" once it is open.
    """

    def __init__(self, name: str, open_it: Callable[[], Awaitable[Opened]]) -> None:
        self.name = name
        self.problem = f"{name} is being connected."
        self._open = open_it
        self._opened: asyncio.Future[Opened] | None = None

    def now(self) -> Opened | None:
        """None while it is not there."""
        return self._future().result() if self._future().done() else None

    async def opened(self) -> Opened:
        """Waits for it."""
        return await asyncio.shield(self._future())

    async def start(self) -> None:
        """Ready at once."""

    async def run(self) -> None:
        """Until cancelled."""
        self._future().set_result(await once_it_can(self._open, self._say))
        log.info("%s is there", self.name)
        self.problem = ""
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """Closes what was opened."""
        opened = self.now()
        if opened is not None:
            await opened.close()

    def _future(self) -> asyncio.Future[Opened]:
        """Made in the loop that runs it, which in a forked process is not the one it was built in."""
        if self._opened is None:
            self._opened = asyncio.get_running_loop().create_future()
        return self._opened

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("%s: %s", self.name, problem)
        self.problem = problem


class OpeningLog:
    """A Log: LogUnavailable with what is in the way, until it is open. Whoever opened it closes it."""

    def __init__(self, opening: Opening[CountedLog]) -> None:
        self._opening = opening

    @property
    def counts(self) -> Mapping[str, int]:
        """Of the log, once it is open."""
        found = self._opening.now()
        return found.counts if found is not None else {}

    def readings(self) -> Iterator[Reading]:
        """What was appended, once it is open."""
        found = self._opening.now()
        return found.appends.readings() if found is not None else iter(())

    @property
    def partitions(self) -> int:
        return self._log.partitions

    async def append(self, blocks: Sequence[Block]) -> None:
        await self._log.append(blocks)

    async def follow(self, group: str, owner: Owner) -> Follower:
        return await self._log.follow(group, owner)

    def tail(self, after: Positions | None = None) -> AsyncGenerator[Tailed, None]:
        return self._log.tail(after)

    async def ends(self) -> Positions:
        return await self._log.ends()

    async def close(self) -> None:
        """Left to the opening."""

    @property
    def _log(self) -> Log:
        found = self._opening.now()
        if found is None:
            raise LogUnavailable(self._opening.problem)
        return found


class OpeningStore:
    """A Store: StoreUnavailable with what is in the way, until it is open. Whoever opened it closes it."""

    def __init__(self, opening: Opening[Store]) -> None:
        self._opening = opening

    async def insert(self, table: str, rows: bytes, *, columns: Sequence[str] = (), form: Form = "JSONEachRow") -> None:
        await self._store.insert(table, rows, columns=columns, form=form)

    async def ask(self, sql: str, parameters: Mapping[str, Any], limits: Limits = DEFAULT_LIMITS) -> Answer:
        return await self._store.ask(sql, parameters, limits)

    async def ask_bytes(
        self, sql: str, parameters: Mapping[str, Any], form: str, limits: Limits = DEFAULT_LIMITS
    ) -> bytes:
        return await self._store.ask_bytes(sql, parameters, form, limits)

    async def command(self, sql: str) -> None:
        await self._store.command(sql)

    async def close(self) -> None:
        """Left to the opening."""

    @property
    def _store(self) -> Store:
        found = self._opening.now()
        if found is None:
            raise StoreUnavailable(self._opening.problem)
        return found
