"""A writer to be killed or paused: on a real Kafka and a shared ClickHouse; says what it does.

Argument: a JSON object of what `Wanted` has. Each line it writes is one system call: `ready`; `i TABLE` an insert is about to
be sent; `o 0,2` the partitions it shows rows of, whenever they change; `c N` it has committed N times; `refused N` commits.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka import KafkaLog, KafkaLogSettings
from meadow.core.store import Form
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.clickhouse_settings import ClickHouseSettings
from meadow.deploy.service import run_all
from meadow.ingest.writer import Writer
from meadow.ingest.writer_settings import WriterSettings

SETTINGS = WriterSettings(show_every_s=0.05, keep_every_s=0.3, tasks_held_max=200, retry_after_max_s=0.5)
SESSION_S = 6.0  # the least a broker takes
LOOK_S = 0.02


@dataclass(frozen=True)
class Wanted:
    """Where Kafka is, and ClickHouse."""

    servers: str
    prefix: str
    url: str
    password: str
    database: str

    @property
    def kafka(self) -> KafkaConnection:
        return KafkaConnection((self.servers,), self.prefix)

    @property
    def clickhouse(self) -> ClickHouseSettings:
        return ClickHouseSettings(self.url, password=self.password, database=self.database)


class Telling(ClickHouseStore):
    """The store, which says when an insert begins: the moment to be killed at."""

    async def insert(self, table: str, rows: bytes, *, columns: Sequence[str] = (), form: Form = "JSONEachRow") -> None:
        say(f"i {table}")
        await super().insert(table, rows, columns=columns, form=form)


class Teller:
    """A Service that says what the writer has become."""

    name = "teller"

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def start(self) -> None:
        say("ready")

    async def run(self) -> None:
        said: list[str] = []
        while True:
            counts = self._writer.counts
            now = ["o " + ",".join(map(str, sorted(self._writer.owned()))), f"c {counts['commits']}"]
            now += [f"refused {counts['commits_refused']}"] if counts["commits_refused"] else []
            now += [f"faults {counts['faults']}"] if counts["faults"] else []
            for line in now:
                if line not in said:
                    say(line)
            said = now
            await asyncio.sleep(LOOK_S)

    async def stop(self) -> None:
        """Nothing to give back."""


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


async def main(wanted: Wanted) -> None:
    log = await KafkaLog.open(wanted.kafka, KafkaLogSettings(group_session_s=SESSION_S, drain_s=5.0))
    store = await Telling.open(wanted.clickhouse)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    writer = Writer(log, store, SETTINGS)
    await run_all((writer, Teller(writer)), stopped, stop_within_s=8.0)
    await store.close()
    await log.close()


if __name__ == "__main__":
    asyncio.run(main(Wanted(**orjson.loads(sys.argv[1]))))
