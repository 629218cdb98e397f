"""A process to be killed: inserts numbered batches into an embedded store as fast as it can, and says what was acknowledged.

Arguments: folder, first number. Each batch is BATCH_ROWS events of one pid, its number; `a N` says it is stored.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.chdb_config import ChdbSettings
from meadow.core.stores.migrations import migrate
from tests.contracts.store_parts import event, ndjson

BATCH_ROWS = 500
MARK = "argument-of-a-task"


async def main(folder: Path, first: int) -> None:
    store = await ChdbStore.open(folder, ChdbSettings(readers=1))
    await migrate(store)
    await asyncio.gather(*(insert(store, first + lane, step=3) for lane in range(3)))


async def insert(store: ChdbStore, number: int, step: int) -> None:
    """One of several callers."""
    while True:
        await store.insert("events", ndjson(*(event(pid=number, clock=n, args=MARK) for n in range(BATCH_ROWS))))
        os.write(sys.stdout.fileno(), b"a %d\n" % number)
        number += step


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
