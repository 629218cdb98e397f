"""A process that opens an embedded store, to be met by another: holds it, forks over it, or asks it for the time.

Arguments: folder, and `hold`, `fork` or `now`. It says one line and, with `hold`, lives until it is killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from meadow.core.errors import StoreUnavailable
from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.chdb_config import ChdbSettings


async def main(folder: Path, what: str) -> None:
    store = await ChdbStore.open(folder, ChdbSettings(readers=1, fsync=False))
    if what == "hold":
        print("open", flush=True)
        await asyncio.Event().wait()
    print(await (in_a_child(store) if what == "fork" else time_of_day(store)), flush=True)
    await store.close()


async def in_a_child(store: ChdbStore) -> str:
    """What becomes of a question, an insert and a command in a child, and of a question here afterwards."""
    if (child := os.fork()) == 0:
        os._exit(await refused(store))
    _, status = await asyncio.to_thread(os.waitpid, child, 0)
    answer = await store.ask("SELECT 1", {})
    return f"{os.waitstatus_to_exitcode(status)} refused, then {answer.rows}"


async def refused(store: ChdbStore) -> int:
    """How many of three are refused at once."""
    count = 0
    for call in (store.ask("SELECT 1", {}), store.insert("events", b"{}"), store.command("SELECT 1")):
        try:
            await call
        except StoreUnavailable:
            count += 1
    return count


async def time_of_day(store: ChdbStore) -> str:
    answer = await store.ask("SELECT toDateTime('2026-01-02 03:04:05'), toStartOfDay(toDateTime(1767323045))", {})
    return " ".join(at.isoformat() for at in answer.rows[0])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
