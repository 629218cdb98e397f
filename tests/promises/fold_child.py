"""A process with a log, a store and a writer that a test kills: reads events, appends them, says how far it is.

python -m tests.promises.fold_child FOLDER EVENTS: each line of EVENTS is a block's worth of events as a JSON array. What was
appended is remembered in FOLDER/appended, after the log acknowledged: a kill in between appends it again.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import orjson

from meadow.ingest.writer_settings import WriterSettings
from tests.ingest.running import blocks, caught_up, opened, writing

SETTINGS = WriterSettings(show_every_s=0.05, keep_every_s=0.15, tasks_held_max=200)


async def main(folder: Path, events: Path) -> None:
    parts = events.read_bytes().splitlines()
    appended = folder / "appended"
    async with opened(folder) as (log, store), writing(log, store, SETTINGS) as writer:
        print("open", flush=True)
        start = int(appended.read_text()) if appended.exists() else 0
        for number in range(start, len(parts)):
            await log.append(blocks(orjson.loads(parts[number])))
            replace(appended, str(number + 1))
            await asyncio.sleep(
                0.03
            )  # leaves time to be killed half a dozen times, between any two steps, on a fast machine too
        await caught_up(writer)
        print("done", flush=True)


def replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.rename(path)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
