"""Keeps two migrations of one database apart: a table that only one of them can make."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from meadow.core.errors import MeadowError, StoreRefused, StoreUnavailable
from meadow.core.store import Store

# Atomic on one node; in a Replicated database so on all, by Keeper.
_TAKE = "CREATE TABLE schema_lock (held UInt8) ENGINE = Null"
_FREE = "DROP TABLE IF EXISTS schema_lock SYNC"
_AGE = """
SELECT dateDiff('second', metadata_modification_time, now()) FROM system.tables
WHERE database = currentDatabase() AND name = 'schema_lock'
"""


@asynccontextmanager
async def locked(
    store: Store, *, wait_s: float = 60.0, stale_s: float = 600.0, again_s: float = 0.5
) -> AsyncIterator[None]:
    """One at a time inside. A lock older than `stale_s` was left by a process that died, and is taken: should its holder
    live after all, two run the same statements, and each of them may run twice.

    Raises StoreUnavailable when another holds it for longer than `wait_s`.
    """
    await _take(store, asyncio.get_running_loop().time() + wait_s, stale_s, again_s)
    try:
        yield
    finally:
        with suppress(MeadowError):  # it grows stale; what is raised inside matters more
            await store.command(_FREE)


async def _take(store: Store, until_s: float, stale_s: float, again_s: float) -> None:
    while not await _taken(store):
        if await _age_s(store) > stale_s:
            await store.command(_FREE)
        elif asyncio.get_running_loop().time() > until_s:
            raise StoreUnavailable(
                "Another `meadow migrate` is at work, or died a moment ago; try again in ten minutes."
            )
        else:
            await asyncio.sleep(again_s)


async def _taken(store: Store) -> bool:
    try:
        await store.command(_TAKE)
    except StoreRefused as refused:
        if "(TABLE_ALREADY_EXISTS" not in str(refused):
            raise
        return False
    return True


async def _age_s(store: Store) -> float:
    """0 when it was freed meanwhile."""
    return max((float(age) for (age,) in (await store.ask(_AGE, {})).rows), default=0.0)
