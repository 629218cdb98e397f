"""The store on a ClickHouse server or cluster, by its HTTP interface."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from meadow.core.errors import MeadowError, OverBudget, StoreUnavailable, TooSlow
from meadow.core.store import DEFAULT_LIMITS, Answer, Form, Limits
from meadow.core.stores.clickhouse_client import ClickHouseClient
from meadow.core.stores.clickhouse_settings import ClickHouseSettings
from meadow.core.stores.failures import TOO_SLOW
from meadow.core.stores.questions import Question, format_name, identifier, question

log = logging.getLogger(__name__)
T = TypeVar("T")

KILL_WITHIN_S = 2.0  # a question that survives this is ended by its own deadline in the server
KILL_AGAIN_S = 0.02
QUESTIONS_WITHIN_S = 1.0
CLOSE_WITHIN_S = 5.0
CLOSED = "The store is closed."


class ClickHouseStore:
    """Keeps the promises of `Store`. The server may go and come back at any time: what meets it away is StoreUnavailable.

    An insert is sent once. When its answer is lost it is StoreUnavailable and may have been stored.
    """

    def __init__(self, client: ClickHouseClient, settings: ClickHouseSettings) -> None:
        self._client = client
        self._settings = settings
        self._places = settings.questions + settings.waiting_max
        self._questions = asyncio.Semaphore(settings.questions)
        self._inserts = asyncio.Semaphore(settings.inserts)
        self._asked: dict[str, asyncio.Task[Any]] = {}  # by mark
        self._told: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, settings: ClickHouseSettings) -> ClickHouseStore:
        """Needs no database yet: `migrate` makes it. Raises BadSettings when the server refuses the user, StoreUnavailable
        when it cannot be reached within twice `connect_s`."""
        return cls(await ClickHouseClient.open(settings), settings)

    async def insert(self, table: str, rows: bytes, *, columns: Sequence[str] = (), form: Form = "JSONEachRow") -> None:
        """See `Store.insert`. Cancelling the caller does not stop an insert that was begun."""
        for name in (table, *columns):
            identifier(name)

        async def send() -> None:
            async with self._inserts:
                await self._client.insert(table, rows, columns, form)

        await self._tell(send(), self._settings.insert_s)

    async def command(self, sql: str) -> None:
        """See `Store.command`."""
        await self._tell(self._client.command(sql), self._settings.command_s)

    async def ask(self, sql: str, parameters: Mapping[str, Any], limits: Limits = DEFAULT_LIMITS) -> Answer:
        """See `Store.ask`. The deadline counts from the call, so waiting for a place is part of it."""
        asked = question(sql, parameters, limits)
        return await self._answer(asked, limits, lambda: self._client.ask(asked))

    async def ask_bytes(
        self, sql: str, parameters: Mapping[str, Any], form: str, limits: Limits = DEFAULT_LIMITS
    ) -> bytes:
        """See `Store.ask_bytes`."""
        asked, format_ = question(sql, parameters, limits), format_name(form)
        return await self._answer(asked, limits, lambda: self._client.ask_bytes(asked, format_))

    async def close(self) -> None:
        """Takes nothing more, waits QUESTIONS_WITHIN_S and then ends the questions that are left, waits CLOSE_WITHIN_S for
        inserts and commands, and gives up those that are left. May be called twice; cancelling the caller does not stop it."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await _all_done(self._asked.values(), QUESTIONS_WITHIN_S)
        await asyncio.gather(*(self._kill(mark, asked) for mark, asked in list(self._asked.items())))
        await asyncio.gather(*self._ending)
        await _all_done(self._told, CLOSE_WITHIN_S)
        if self._told:
            log.error("%d inserts or commands did not end and are given up", len(self._told))
        left = list(self._told)
        for one in left:
            one.cancel()
        await _all_done(left, CLOSE_WITHIN_S)
        await self._client.close()

    def _must_take(self) -> None:
        if self._closing:
            raise StoreUnavailable(CLOSED)

    async def _tell(self, telling: Coroutine[Any, Any, None], within_s: float) -> None:
        if self._closing:
            telling.close()
        self._must_take()
        told = asyncio.create_task(_within(telling, within_s))
        self._told.add(told)
        told.add_done_callback(self._told.discard)
        await _seen(told)

    async def _answer(self, asked: Question, limits: Limits, run: Callable[[], Awaitable[T]]) -> T:
        self._must_take()
        if len(self._asked) >= self._places:
            raise OverBudget("Too many questions wait for the store already.", retry_after_s=1)
        running = asyncio.create_task(self._in_turn(run))
        self._asked[asked.mark] = running
        running.add_done_callback(lambda _: self._asked.pop(asked.mark, None))
        running.add_done_callback(_looked_at)
        try:
            done, _ = await asyncio.wait({running}, timeout=limits.deadline_s)
        except asyncio.CancelledError:
            await self._end(asked.mark, running)
            raise
        if not done:
            await self._end(asked.mark, running)
            raise TooSlow(TOO_SLOW)
        return _result(running)

    async def _in_turn(self, run: Callable[[], Awaitable[T]]) -> T:
        async with self._questions:
            return await run()

    async def _end(self, mark: str, asked: asyncio.Task[Any]) -> None:
        """In a task of its own, so that cancelling the caller a second time does not leave the question running."""
        ending = asyncio.create_task(self._kill(mark, asked))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        await asyncio.wait({ending})

    async def _kill(self, mark: str, asked: asyncio.Task[Any]) -> None:
        """A server ends a question when the connection is closed, but not at once, and not behind every proxy. So it is told
        as well, until it says that nothing is left."""
        asked.cancel()
        with suppress(TimeoutError, MeadowError):
            async with asyncio.timeout(KILL_WITHIN_S):
                await asyncio.wait({asked})
                while await self._client.kill(mark):  # noqa: ASYNC110 (the server has no event to wait for)
                    await asyncio.sleep(KILL_AGAIN_S)


async def _within(telling: Coroutine[Any, Any, None], within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            await telling
    except TimeoutError:
        raise StoreUnavailable(f"The store did not answer within {within_s:g} s.") from None


async def _seen(told: asyncio.Task[None]) -> None:
    """Raises what it raised; a caller that is cancelled leaves it running."""
    told.add_done_callback(_looked_at)
    await asyncio.wait({told})
    _result(told)


def _looked_at(done: asyncio.Task[Any]) -> None:
    """That nobody looks at its failure any more is no complaint: asyncio would log it with all that the server said."""
    if not done.cancelled():
        done.exception()


def _result(done: asyncio.Task[T]) -> T:
    """A task that was cancelled, while its caller waits for it, was cancelled by closing."""
    if done.cancelled():
        raise StoreUnavailable(CLOSED)
    return done.result()


async def _all_done(tasks: Iterable[asyncio.Task[Any]], within_s: float) -> None:
    if waiting := set(tasks):
        await asyncio.wait(waiting, timeout=within_s)
