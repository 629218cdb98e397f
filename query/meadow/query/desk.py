"""Where a view begins: who asks, what was asked, of which clusters, and how far the store has come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from meadow.core.errors import TooSlow
from meadow.core.http import caller_of
from meadow.core.operations import Operation
from meadow.core.scope import Caller, Directory, Permission
from meadow.query.ask import Ask, read
from meadow.query.plan import question, scope_of
from meadow.query.remembered import Remembered
from meadow.query.run import Asking, Run
from meadow.query.times import shown

WATERMARK = question("watermark")
WATERMARK_GOOD_S = 0.5


@dataclass(frozen=True, slots=True)
class Taken:
    """One request, permitted and read, with its turn. watermark: read before any answer, so never ahead of one."""

    caller: Caller
    ask: Ask
    asking: Asking
    now_s: float
    watermark: str | None

    @property
    def payload(self) -> bool:
        """Whether the caller may see arguments, results, exceptions and tracebacks."""
        return Permission.TASKS_PAYLOAD in self.caller.permissions

    def slug(self, cluster_id: int) -> str:
        return self.asking.scope.clusters[cluster_id]


@dataclass(frozen=True, slots=True)
class Watermarks:
    """The newest thing the store holds, by tenant and clusters."""

    known: Remembered[str | None] = field(default_factory=lambda: Remembered(WATERMARK_GOOD_S))

    async def of(self, asking: Asking, now_s: float) -> str | None:
        """RFC 3339; None when nothing was ever stored, or it could not be told in time."""
        key = (asking.scope.tenant_id, tuple(sorted(asking.scope.clusters)))
        if known := self.known.get(key, now_s):
            return known
        try:
            rows = await asking.ask(WATERMARK, {}, share=0.3)
        except TooSlow:
            return None
        found = shown(rows[0]["watermark"]) if rows else None
        self.known.put(key, now_s, found)
        return found


@dataclass(frozen=True, slots=True)
class Desk:
    """What every view is given. directory: as it is now, replaced as a whole. now_s: epoch seconds."""

    run: Run
    directory: Callable[[], Directory]
    now_s: Callable[[], float]
    watermarks: Watermarks

    @asynccontextmanager
    async def take(self, request: web.Request, operation: Operation) -> AsyncIterator[Taken]:
        """Raises Forbidden, BadQuestion, NotFound for a cluster that is not the caller's, OverBudget."""
        caller = caller_of(request)
        ask = permitted(request, operation, self.now_s())
        scope = scope_of(caller, self.directory(), ask.texts("cluster"))
        async with self.run.turn(request, scope) as asking:
            now_s = self.now_s()
            yield Taken(caller, ask, asking, now_s, await self.watermarks.of(asking, now_s))


def permitted(request: web.Request, operation: Operation, now_s: float) -> Ask:
    """The request, read, of a caller who may. Raises Forbidden, BadQuestion."""
    if operation.permission is not None:
        caller_of(request).must(operation.permission)
    return read(request, operation, now_s)


def page(items: list[Any], cursor: str | None, complete: bool, taken: Taken) -> dict[str, Any]:
    """The envelope of every list."""
    return {"items": items, "next": cursor, "complete": complete, "watermark": taken.watermark}
