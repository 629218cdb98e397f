"""What the cases of a store are written with: rows of any table by its column types, and questions without end."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from meadow.core.errors import OverBudget, StoreUnavailable
from meadow.core.store import Limits, Store

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ENDLESS = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))"
NO_LIMITS = Limits(deadline_s=60, rows_read_max=10**18)
HOSTILE = (
    "it's",
    '"; DROP TABLE events; --',
    "') OR 1=1 --",
    "back\\slash \\n \\N \\' \\0",
    "tab\t line\n return\r nul\0 bell\x07 escape\x1b delete\x7f",
    "{x:String} %(x)s %s $x$ ${x} ?",
    "/* */ -- # ` ;",
    "",
    "ünï 😀 \u202e \ufeff \u2028 \uffff",
    "\\N",
    "NULL",
)


def now() -> datetime:
    """To the microsecond."""
    return datetime.now(UTC)


def epoch_s(at: datetime) -> float:
    """As a row carries a time; the nearest float to six decimals."""
    return round((at - EPOCH) / timedelta(microseconds=1)) / 1_000_000


def ndjson(*rows: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def event(**columns: Any) -> dict[str, Any]:
    """A row of `events`, with what its key needs."""
    at = epoch_s(now())
    return {"tenant_id": 1, "cluster_id": 1, "type": "task-sent", "at": at, "received_at": at} | columns


async def columns_of(store: Store, table: str) -> dict[str, str]:
    """Column → type, of those that are inserted as they are; states of aggregates are not."""
    answer = await store.ask(
        "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} "
        "AND default_kind IN ('', 'DEFAULT') AND NOT startsWith(type, 'AggregateFunction') ORDER BY position",
        {"table": table},
    )
    return dict(answer.rows)


def sample(kind: str, column: str) -> tuple[Any, Any]:
    """A value of a column type as a row says it, and as an answer must."""
    if inner := re.fullmatch(r"(?:Nullable|LowCardinality|SimpleAggregateFunction)\((?:\w+, )?(.+)\)", kind):
        return sample(inner[1], column)
    if inner := re.fullmatch(r"Array\((.+)\)", kind):
        said, read = sample(inner[1], column)
        return [said, said], [read, read]
    if places := re.fullmatch(r"DateTime64\((\d), 'UTC'\)|DateTime\('UTC'\)", kind):
        return sample_time(int(places[1] or 0))
    if bits := re.fullmatch(r"UInt(\d+)", kind):
        largest = 0 if column == "is_deleted" else (1 << int(bits[1])) - 1
        return largest, largest
    if kind == "Float32":
        return 0.15625, 0.15625
    assert kind == "String", f"no sample of {kind}"
    return f"{column} “it's” \\ \n 😀", f"{column} “it's” \\ \n 😀"


def sample_time(places: int) -> tuple[float, datetime]:
    """An hour ago, so that no table drops it as too old; with digits in every place."""
    micros = (int(time.time()) - 3600) * 1_000_000 + (123_456 // 10 ** (6 - places)) * 10 ** (6 - places)
    at = EPOCH + timedelta(microseconds=micros)
    return epoch_s(at), at


async def one_too_many(store: Store) -> None:
    """Of a store that answers one question at once, while two wait: the next is told to come again, and harms nobody."""
    tasks = [asyncio.create_task(store.ask(ENDLESS, {}, NO_LIMITS)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(OverBudget) as refused:
        await store.ask("SELECT 1", {})
    assert refused.value.extra["retry_after_s"]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (await store.ask("SELECT 1", {})).rows == [(1,)]


async def closed_over(store: Store, insert: Coroutine[Any, Any, None], within_s: float = 60.0) -> None:
    """The store is closed, twice, while it answers and inserts: questions end, and the insert is acknowledged."""
    questions = [asyncio.create_task(store.ask(ENDLESS, {}, NO_LIMITS)) for _ in range(4)]
    told = asyncio.create_task(insert)
    await asyncio.sleep(0)
    async with asyncio.timeout(within_s):
        await asyncio.gather(store.close(), store.close())
        ended = await asyncio.gather(*questions, return_exceptions=True)
    assert all(isinstance(one, StoreUnavailable) for one in ended)
    await told
