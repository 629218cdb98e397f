"""Waits for a condition with a deadline, so that no test sleeps and hopes."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

PAUSE_S = 0.02


class Late(AssertionError):
    """The condition did not come true in time; the message says which."""


def wait_for(condition: Callable[[], object], what: str, within_s: float = 30.0) -> None:
    """Returns when `condition` is true; asks every 20 ms. Raises Late."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise Late(f"not within {within_s} s: {what}")
        time.sleep(PAUSE_S)


async def until(condition: Callable[[], object | Awaitable[object]], what: str, within_s: float = 30.0) -> None:
    """The same for a test that must keep the event loop going; `condition` may be a coroutine function."""
    deadline_s = time.monotonic() + within_s
    while not await _asked(condition):
        if time.monotonic() > deadline_s:
            raise Late(f"not within {within_s} s: {what}")
        await asyncio.sleep(PAUSE_S)


async def _asked(condition: Callable[[], object | Awaitable[object]]) -> object:
    answer = condition()
    return await answer if inspect.isawaitable(answer) else answer
