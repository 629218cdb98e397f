"""How fast the AMQP source takes a queue that is already full: `python -m tests.bench.bench_source [--events 100000]`."""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from meadow.core.connections import Connection
from meadow.ingest.sources.amqp import AmqpSource
from tests.servers.certificates import make_certificates
from tests.servers.rabbitmq import RabbitMQ


async def main(events: int, folder: Path) -> None:
    for part in ("certificates", "rabbitmq"):
        (folder / part).mkdir()
    server = RabbitMQ(folder / "rabbitmq", make_certificates(folder / "certificates"))
    server.start()
    try:
        url = server.url(server.vhost())
        await take(url, 0)  # makes the queue
        await asyncio.to_thread(publish, url, events)
        begun_s, cpu_s = time.monotonic(), time.process_time()
        await take(url, events)
        took_s, cpu_s = time.monotonic() - begun_s, time.process_time() - cpu_s
        print(f"source         {events / took_s:.0f} events/s from RabbitMQ, {events / cpu_s:.0f} events/s a core")
    finally:
        server.stop()


async def take(url: str, events: int) -> None:
    """Until so many were taken and acknowledged; 0: until connected."""
    source, taken = AmqpSource("bench", Connection(url)), 0
    reading = source.batches()
    if not events:
        waiting = asyncio.ensure_future(anext(reading))
        while not source.state.connected:  # noqa: ASYNC110 - a state, not an event
            await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.wait({waiting})
    while taken < events:
        batch = await anext(reading)
        taken += len(batch.messages)
        await source.done(batch.token)
    await source.close()


def publish(url: str, events: int) -> None:
    command = [sys.executable, "-m", "tests.bench.publisher", url, "0", "600", str(events)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(main(parser.parse_args().events, Path(name)))
