"""A question to ClickHouse that is given up ends for its caller alone: nobody is left to complain about it."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from typing import cast

import pytest

from meadow.core.errors import StoreUnavailable, TooSlow
from meadow.core.store import Answer, Limits
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.clickhouse_client import ClickHouseClient
from meadow.core.stores.clickhouse_settings import ClickHouseSettings
from meadow.core.stores.questions import Question


class FailsLate:
    """In the client's place: its question fails as it is given up, as one may whose server has the same deadline."""

    async def ask(self, asked: Question) -> Answer:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        raise StoreUnavailable("failed late")

    async def kill(self, mark: str) -> bool:
        return False

    async def close(self) -> None: ...


async def test_what_fails_after_it_was_given_up_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """asyncio logs a failure nobody looked at, with all that the server said; and it may say a parameter."""
    store = ClickHouseStore(cast(ClickHouseClient, FailsLate()), ClickHouseSettings("http://127.0.0.1:8123"))
    with pytest.raises(TooSlow):
        await store.ask("SELECT 1", {}, Limits(deadline_s=0.01))
    await store.close()
    gc.collect()
    assert caplog.records == []
