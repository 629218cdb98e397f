"""A writer of the replay's own, for a Meadow of one process that does not run: it joins what the replay puts aside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from meadow.core.log import Log
from meadow.core.store import Store
from meadow.ingest.audit import Audit, AuditSettings
from meadow.ingest.writer import Writer
from meadow.ingest.writer_settings import WriterSettings

LATE_EVERY_S = 0.1
AT_ONCE = WriterSettings(show_every_s=LATE_EVERY_S, keep_every_s=LATE_EVERY_S)  # the replay waits for every commit


@asynccontextmanager
async def writing_alone(log: Log, store: Store) -> AsyncIterator[Writer]:
    """Raises Conflict when this process has a writer already. It goes on from its group's commit like any other, so what
    the log still holds for it is stored, too."""
    writer = Writer(log, store, AT_ONCE)
    audit = Audit(store, writer, AuditSettings(late_every_s=LATE_EVERY_S, late_again_s=0.0))
    await writer.start()
    running = [asyncio.create_task(one.run(), name=one.name) for one in (writer, audit)]
    try:
        yield writer
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await writer.stop()
