"""Another process on a stream: counts up, or puts without end until it is killed.

Arguments: `embedded FILE` or `kafka SERVER PREFIX`; then `count TIMES`, which says `done`, or `put`, which says `a KEY VERSION`
for each one that was acknowledged, in one system call a line.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from meadow.core.kafka import KafkaConnection
from meadow.core.stream import Stream
from meadow.core.streams.embedded import EmbeddedStream
from meadow.core.streams.kafka import KafkaStream
from tests.contracts.stream_parts import increment


async def main(arguments: Sequence[str]) -> None:
    match arguments:
        case ["embedded", path, *what]:
            await work(await EmbeddedStream.open(Path(path)), what)
        case ["kafka", server, prefix, *what]:
            await work(KafkaStream(KafkaConnection((server,), prefix), "registry"), what)


async def work(stream: Stream, what: Sequence[str]) -> None:
    await stream.start()
    running = asyncio.create_task(stream.run())
    if what[0] == "count":
        await increment(stream, int(what[1]))
        say("done")
    else:
        await put_without_end(stream)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await stream.stop()


async def put_without_end(stream: Stream) -> None:
    for number in itertools.count():
        key = f"k{number % 5}"
        say(f"a {key} {await stream.put(key, bytes(1 + number * 37 % 5_000), None)}")


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
