"""The embedded store: ClickHouse's engine in this process, one folder, no server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from meadow.core.errors import OverBudget, StoreUnavailable, TooSlow
from meadow.core.store import DEFAULT_LIMITS, Answer, Form, Limits
from meadow.core.stores.chdb_config import ChdbSettings
from meadow.core.stores.chdb_engine import Engine
from meadow.core.stores.failures import TOO_SLOW
from meadow.core.stores.questions import Question, format_name, question

log = logging.getLogger(__name__)
T = TypeVar("T")

KILL_WITHIN_S = 2.0  # a question that survives this keeps its thread until the engine's own deadline
KILL_AGAIN_S = 0.02
QUESTIONS_WITHIN_S = 1.0
CLOSE_WITHIN_S = 5.0


class ChdbStore:
    """Keeps the promises of `Store`. Inserts run one at a time in one thread, commands in another, questions in a pool.

    Not to be used after a fork: a child gets StoreUnavailable. Nothing of one question reaches the next.
    """

    def __init__(self, engine: Engine, settings: ChdbSettings) -> None:
        self._engine = engine
        self._places = settings.readers + settings.waiting_max
        self._readers = ThreadPoolExecutor(settings.readers, "store-reader")
        self._writer = ThreadPoolExecutor(1, "store-writer")
        self._commander = ThreadPoolExecutor(1, "store-commander")
        self._killer = ThreadPoolExecutor(1, "store-killer")
        self._asked: dict[str, Future[Any]] = {}  # by mark
        self._told: set[Future[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, folder: Path, settings: ChdbSettings | None = None) -> ChdbStore:
        """Opens or makes the store in a folder. Raises BadSettings when another has it, or this process has one open."""
        settings = settings or ChdbSettings()
        return cls(await asyncio.to_thread(Engine, folder, settings), settings)

    async def insert(self, table: str, rows: bytes, *, columns: Sequence[str] = (), form: Form = "JSONEachRow") -> None:
        """See `Store.insert`. Cancelling the caller does not stop an insert."""
        await self._tell(self._writer, lambda: self._engine.insert(table, rows, columns, form))

    async def command(self, sql: str) -> None:
        """See `Store.command`. Runs beside inserts and questions, one at a time."""
        await self._tell(self._commander, lambda: self._engine.command(sql))

    async def ask(self, sql: str, parameters: Mapping[str, Any], limits: Limits = DEFAULT_LIMITS) -> Answer:
        """See `Store.ask`. The deadline counts from the call, so waiting for a reader is part of it."""
        asked = question(sql, parameters, limits)
        return await self._answer(asked, limits, lambda: self._engine.ask(asked))

    async def ask_bytes(
        self, sql: str, parameters: Mapping[str, Any], form: str, limits: Limits = DEFAULT_LIMITS
    ) -> bytes:
        """See `Store.ask_bytes`."""
        asked, format_ = question(sql, parameters, limits), format_name(form)
        return await self._answer(asked, limits, lambda: self._engine.ask_bytes(asked, format_))

    async def close(self) -> None:
        """Takes nothing more, waits QUESTIONS_WITHIN_S and then kills the questions that are left, waits CLOSE_WITHIN_S for
        inserts and commands, and closes the engine. May be called twice; cancelling the caller does not stop it."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await _all_done(self._asked.values(), QUESTIONS_WITHIN_S)
        await asyncio.gather(*(self._kill(mark, asked) for mark, asked in list(self._asked.items())))
        await asyncio.gather(*self._ending)
        await _all_done(self._told, CLOSE_WITHIN_S)
        left = [one for one in (*self._asked.values(), *self._told) if not one.done()]
        for pool in (self._readers, self._writer, self._commander, self._killer):
            pool.shutdown(wait=not left, cancel_futures=True)
        if left:  # closing a connection under a running statement would crash the process
            log.error("%d statements did not end; the store stays open until this process ends", len(left))
            return
        await asyncio.to_thread(self._engine.close)

    def _must_take(self) -> None:
        self._engine.must_be_here()
        if self._closing:
            raise StoreUnavailable("The store is closed.")

    async def _tell(self, pool: ThreadPoolExecutor, run: Callable[[], None]) -> None:
        self._must_take()
        told = pool.submit(run)
        self._told.add(told)
        told.add_done_callback(self._told.discard)
        done = _awaited(told)
        try:
            await asyncio.wait({done})
        except asyncio.CancelledError:
            told.cancel()
            raise
        _result(done)

    async def _answer(self, asked: Question, limits: Limits, run: Callable[[], T]) -> T:
        self._must_take()
        if len(self._asked) >= self._places:
            raise OverBudget("Too many questions wait for the store already.", retry_after_s=1)
        running = self._readers.submit(run)
        self._asked[asked.mark] = running
        running.add_done_callback(lambda _: self._asked.pop(asked.mark, None))
        answer = _awaited(running)
        try:
            done, _ = await asyncio.wait({answer}, timeout=limits.deadline_s)
        except asyncio.CancelledError:
            await self._end(asked.mark, running)
            raise
        if not done:
            await self._end(asked.mark, running)
            raise TooSlow(TOO_SLOW)
        return _result(answer)

    async def _end(self, mark: str, asked: Future[Any]) -> None:
        """In a task of its own, so that cancelling the caller a second time does not leave the question running."""
        ending = asyncio.create_task(self._kill(mark, asked))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        await asyncio.wait({ending})

    async def _kill(self, mark: str, asked: Future[Any]) -> None:
        """Again and again: a question whose thread has only just begun is not known to the engine yet."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + KILL_WITHIN_S
        asked.cancel()
        while not asked.done() and loop.time() < give_up_at:
            await loop.run_in_executor(self._killer, self._engine.kill, mark)
            await _all_done([asked], KILL_AGAIN_S)


async def _all_done(statements: Iterable[Future[Any]], within_s: float) -> None:
    waiting = {_awaited(one) for one in statements}
    if waiting:
        _, late = await asyncio.wait(waiting, timeout=within_s)
        for one in late:
            one.cancel()  # what runs goes on; this loop may be closed when it ends


def _awaited(statement: Future[T]) -> asyncio.Future[T]:
    """To be waited for here; that nobody looks at its failure any more is no complaint."""
    awaited = asyncio.wrap_future(statement)
    awaited.add_done_callback(lambda one: one.cancelled() or one.exception())
    return awaited


def _result(done: asyncio.Future[T]) -> T:
    """A statement is cancelled by its caller, who does not look, or by closing."""
    if done.cancelled():
        raise StoreUnavailable("The store is closed.")
    return done.result()
