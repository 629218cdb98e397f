"""Waiting on a library that ends its callers in ways of its own when a connection ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from meadow.core.errors import BrokerUnavailable

T = TypeVar("T")


async def uncancelled(awaitable: Awaitable[T]) -> T:
    """Awaits what may cancel its caller, or raise a bare Exception, for want of a reason: aiormq 7.2 does both to whoever waits
    when a connection ends. Raises BrokerUnavailable for either; what else is raised, and the caller's own end, as it is."""
    try:
        return await awaitable
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise BrokerUnavailable("The connection to the broker ended.") from None
    except Exception as error:  # told apart from every error that has a type of its own
        if type(error) is not Exception:
            raise
        raise BrokerUnavailable("The connection to the broker ended.") from None
