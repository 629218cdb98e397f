"""An ingest node to be killed: a real ownership and real collectors, whose brokers are silence; says what it collects.

Arguments: Kafka's servers, prefix, node, zone, a folder for its log. Each line it writes is one system call: `+ N` the source
of cluster N is read, `- N` it is closed, and `ready`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from meadow.core.connections import Connection
from meadow.core.kafka import KafkaConnection
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.scope import Cluster, Directory, Tenant
from meadow.deploy.service import run_all
from meadow.ingest.collector import Collector, CollectorSettings
from meadow.ingest.node import Node
from meadow.ingest.ownerships.kafka import ByKafka
from meadow.ingest.source import Batch, SourceState

CLUSTERS = tuple(
    Cluster(Tenant(1, "acme"), number, f"c{number}", Connection(f"{'redis' if number % 2 else 'amqp'}://broker"))
    for number in range(1, 41)
)


class Silence:
    """A Source of a broker on which nothing happens."""

    def __init__(self, number: int) -> None:
        self._number, self._closed = number, asyncio.Event()
        self.state = SourceState(connected=True, since=0.0)

    async def batches(self) -> AsyncIterator[Batch]:
        say(f"+ {self._number}")
        await self._closed.wait()
        return
        yield

    async def done(self, token: int) -> None: ...

    async def enable_events(self, hostnames: Sequence[str] | None) -> None: ...

    async def close(self) -> None:
        if not self._closed.is_set():
            self._closed.set()
            say(f"- {self._number}")


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


async def main(servers: str, prefix: str, name: str, zone: str, folder: str) -> None:
    log = await EmbeddedLog.open(Path(folder), EmbeddedLogSettings(partitions=1))
    ownership = ByKafka(KafkaConnection(tuple(servers.split(",")), prefix), name, zone)
    settings = CollectorSettings(report_every_s=3600)

    def make(cluster: Cluster) -> Collector:
        return Collector(cluster, Silence(cluster.id), log, settings, name)

    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    node = Node(lambda: Directory(CLUSTERS), ownership, make)
    say("ready")
    await run_all((node, ownership), stopped, stop_within_s=5.0)
    await log.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
