"""Keeps one link to a broker open for ever: reopens it with capped, jittered back-off, and says in between what is wrong."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from meadow.core.errors import BrokerUnavailable, MeadowError
from meadow.core.uncancelled import uncancelled
from meadow.ingest.source import Gap, Message, SourceState

log = logging.getLogger(__name__)

STEADY_S = 5.0  # a link that lived this long was a good one: the next wait is short again


class Link(Protocol):
    """One connection that brings messages.

    take      waits for at least one message. Raises BrokerUnavailable or BrokerRefused once the link is gone.
    known_at  epoch seconds: all that was sent before is known to have been brought.
    close     ends a waiting take; may be called twice.
    """

    @property
    def known_at(self) -> float: ...

    async def take(self) -> Sequence[Message]: ...

    async def close(self) -> None: ...


L = TypeVar("L", bound=Link)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Taken(Generic[L]):
    """What a link brought; gaps were noticed before the messages."""

    link: L
    messages: Sequence[Message]
    gaps: Sequence[Gap] = ()


@dataclass(slots=True)
class BackOff:
    """Waits of first_s, doubled up to max_s, each shortened by up to a half at random."""

    first_s: float
    max_s: float
    _tries: int = 0

    def next_s(self) -> float:
        longest_s = min(self.max_s, self.first_s * 2.0 ** min(self._tries, 30))
        self._tries += 1
        return longest_s * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing

    def reset(self) -> None:
        self._tries = 0


class Links(Generic[L]):
    """One link at a time, opened by `open_link`, which raises a MeadowError with a sentence for a person."""

    def __init__(self, open_link: Callable[[], Coroutine[Any, Any, L]], back_off: BackOff) -> None:
        self._open_link = open_link
        self._back_off = back_off
        self._closed = asyncio.Event()
        self._state = SourceState(False, time.time())
        self._lost: tuple[float, str] | None = None
        self.link: L | None = None

    @property
    def state(self) -> SourceState:
        return self._state

    async def stream(self) -> AsyncGenerator[Taken[L], None]:
        """What comes, link after link; ends when closed. A link that follows a lost one begins with the gap between them."""
        while not self._closed.is_set():
            try:
                link = self.link = await self._unless_closed(self._open_link())
                self._set_state(True, "")
                opened_s = time.monotonic()
                if self._lost:
                    yield Taken(link, (), (self._gap(),))
                try:
                    while True:
                        yield Taken(link, await link.take())
                finally:
                    await self._drop(link, steady=time.monotonic() - opened_s >= STEADY_S)
            except MeadowError as error:
                await self._wait(str(error))
            except Exception as error:  # a source outlives whatever a broker does; the state says it
                log.warning("A source's link failed in a way it does not know", exc_info=error)
                await self._wait(f"The link to the broker failed: {type(error).__name__}.")

    async def close(self) -> None:
        """Ends the stream; returns when the link is closed."""
        self._closed.set()
        if self.link is not None:
            await self.link.close()

    async def _drop(self, link: L, *, steady: bool) -> None:
        self.link = None
        self._lost = (self._lost[0] if self._lost else link.known_at, "")
        if steady:
            self._back_off.reset()
        await link.close()

    async def _wait(self, problem: str) -> None:
        if self._closed.is_set():
            return
        if self._lost:
            self._lost = (self._lost[0], self._lost[1] or problem)
        self._set_state(False, problem)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._back_off.next_s()):
                await self._closed.wait()

    def _gap(self) -> Gap:
        assert self._lost is not None  # noqa: S101 - the caller has just looked
        (since, reason), self._lost = self._lost, None
        return Gap(since, time.time(), reason)

    def _set_state(self, connected: bool, problem: str) -> None:
        if (connected, problem) != (self._state.connected, self._state.problem):
            self._state = SourceState(connected, time.time(), problem)

    async def _unless_closed(self, opening: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(opening)
        closed = asyncio.create_task(self._closed.wait())
        try:
            await asyncio.wait((task, closed), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise BrokerUnavailable("The source is closed.")
            return await uncancelled(task)
        finally:
            task.cancel()
            closed.cancel()
            await asyncio.gather(task, closed, return_exceptions=True)
