"""Sends a command at most once per id in this process, by memory; see `claims` for others, `history` for those before."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from meadow.control.outcome import Fields
from meadow.core.errors import Conflict, MeadowError, OverBudget

Key = tuple[int, str]  # tenant, command


@dataclass(frozen=True, slots=True)
class _Running:
    body: str
    task: asyncio.Task[Fields]


class Once:
    """Runs each command in a task of its own, so that a caller who leaves does not leave it half done.

    running_max       of one tenant at once; more raise OverBudget.
    kept_max, kept_s  outcomes remembered, until the store surely has them.
    Failed            a run that raises was not sent and is forgotten: it may be asked again.
    """

    def __init__(self, running_max: int, kept_max: int, kept_s: float) -> None:
        self._running_max, self._kept_max, self._kept_s = running_max, kept_max, kept_s
        self._running: dict[Key, _Running] = {}
        self._kept: OrderedDict[Key, tuple[float, Fields]] = OrderedDict()

    async def run(self, key: Key, body: str, run: Callable[[], Awaitable[Fields]]) -> Fields:
        """The outcome, of this run or of the one before it under the same key. Raises Conflict when that had another body."""
        kept = self.kept(key)
        if kept is not None:
            return same(kept, body)
        running = self._running.get(key)
        if running is None:
            running = self._begin(key, body, run)
        elif running.body != body:
            raise another_body()
        return await asyncio.shield(running.task)

    def kept(self, key: Key) -> Fields | None:
        """An outcome that is remembered."""
        at_s, fields = self._kept.get(key, (float("-inf"), None))
        return fields if at_s + self._kept_s > time.monotonic() else None

    async def finish(self, within_s: float) -> None:
        """Gives what runs a moment, then leaves it: what was asked and not answered says so."""
        tasks = [running.task for running in self._running.values()]
        if not tasks:
            return
        _, pending = await asyncio.wait(tasks, timeout=within_s)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    def _begin(self, key: Key, body: str, run: Callable[[], Awaitable[Fields]]) -> _Running:
        if sum(tenant == key[0] for tenant, _ in self._running) >= self._running_max:
            raise OverBudget(f"{self._running_max} commands of yours run already.", retry_after_s=2)

        async def one() -> Fields:
            return await run()

        running = self._running[key] = _Running(body, asyncio.create_task(one(), name="meadow-command"))
        running.task.add_done_callback(lambda task: self._done(key, task))
        return running

    def _done(self, key: Key, task: asyncio.Task[Fields]) -> None:
        del self._running[key]
        if task.cancelled() or task.exception() is not None:
            return
        if "answered_at" not in task.result():
            return  # what another process asked: its answer may come to the store yet
        self._kept[key] = (time.monotonic(), task.result())
        if len(self._kept) > self._kept_max:
            self._kept.popitem(last=False)


def same(fields: Fields, body: str) -> Fields:
    """The fields, when they are of an order with this body. Raises Conflict."""
    if fields.get("body") != body:
        raise another_body()
    return fields


def another_body() -> MeadowError:
    return Conflict("This Idempotency-Key was used for another order; use a new one.", field="Idempotency-Key")
