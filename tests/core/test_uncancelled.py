"""How a library ends its callers is no wish of theirs."""

from __future__ import annotations

import asyncio

import pytest

from meadow.core.errors import BrokerUnavailable
from meadow.core.uncancelled import uncancelled


async def test_an_end_without_a_reason_is_a_broker_that_is_away() -> None:
    ended: asyncio.Future[None] = asyncio.Future()
    ended.set_exception(Exception)
    with pytest.raises(BrokerUnavailable):
        await uncancelled(ended)


async def test_a_cancelled_connection_does_not_cancel_its_caller() -> None:
    ended: asyncio.Future[None] = asyncio.Future()
    ended.cancel()
    with pytest.raises(BrokerUnavailable):
        await uncancelled(ended)


async def test_an_error_with_a_type_is_told_as_it_is() -> None:
    failed: asyncio.Future[None] = asyncio.Future()
    failed.set_exception(ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        await uncancelled(failed)


async def test_who_waits_can_be_cancelled() -> None:
    waiting = asyncio.create_task(uncancelled(asyncio.Future[None]()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
