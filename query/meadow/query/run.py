"""Asks the store within one deadline, stops when the caller has left, and notes what was slow."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from aiohttp import web

from meadow.core.errors import TooSlow
from meadow.core.store import Answer, Limits, Store
from meadow.query.budget import Budget
from meadow.query.plan import Question, Scope
from meadow.query.settings import QuerySettings

log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.25  # how soon a caller that left is noticed
Row = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asking:
    """One request's turn: everything it asks shares a deadline, a scope, and the fate of its caller."""

    store: Store
    scope: Scope
    settings: QuerySettings
    ends_at_s: float
    gone: Callable[[], bool]

    def left_s(self) -> float:
        """Seconds until the deadline; may be negative."""
        return self.ends_at_s - time.monotonic()

    def narrowed(self, *cluster_ids: int) -> Asking:
        """The same turn for these clusters of its scope."""
        scope = Scope(self.scope.tenant_id, {number: self.scope.clusters[number] for number in cluster_ids})
        return replace(self, scope=scope)

    async def ask(self, question: Question, values: Mapping[str, Any], *, share: float = 1.0) -> list[Row]:
        """Rows of one statement. share: how much of the remaining time it may take.

        Raises TooSlow, OverBudget, StoreUnavailable; CancelledError when the caller has left, which kills the statement.
        """
        left_s = self.left_s()
        if left_s <= 0.01:
            raise TooSlow("The deadline passed; narrow the range or name a cluster.")
        limits = Limits(left_s * share, self.settings.rows_read_max, memory_bytes_max=self.settings.memory_bytes_max)
        began_s = time.monotonic()
        asked = self.store.ask(question.sql, {**self.scope.parameters(), **values}, limits)
        answer = await _until_gone(asked, self.gone)
        self._note(question, time.monotonic() - began_s, len(answer.rows))
        return answer.dicts()

    def _note(self, question: Question, took_s: float, rows: int) -> None:
        if took_s >= self.settings.slow_s:
            log.warning("%s took %.2f s for %d rows, tenant %d", question.name, took_s, rows, self.scope.tenant_id)


@dataclass(frozen=True, slots=True)
class Run:
    """Gives each request its turn. One a process."""

    store: Store
    budget: Budget
    settings: QuerySettings

    @asynccontextmanager
    async def turn(self, request: web.Request, scope: Scope) -> AsyncIterator[Asking]:
        """Raises OverBudget when the tenant has too many questions already."""
        ends_at_s = time.monotonic() + self.settings.deadline_s
        async with self.budget.turn(scope.tenant_id, self.settings.deadline_s / 2):
            yield Asking(self.store, scope, self.settings, ends_at_s, lambda: has_left(request))


def has_left(request: web.Request) -> bool:
    """aiohttp 3.14 tells a handler only under `handler_cancellation`; the transport tells under any server."""
    transport = request.transport
    return transport is None or transport.is_closing()


async def _until_gone(asked: Coroutine[Any, Any, Answer], gone: Callable[[], bool]) -> Answer:
    task = asyncio.ensure_future(asked)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=LOOK_EVERY_S)
            if not task.done() and gone():
                raise asyncio.CancelledError("the caller left")
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def together(*asked: Coroutine[Any, Any, T]) -> list[T]:
    """All answers in their order; the first failure stops the others."""
    tasks = [asyncio.ensure_future(one) for one in asked]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
