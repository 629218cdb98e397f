"""kombu's other transports as a source: the filesystem with real workers, and the memory of one process."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from pathlib import Path

import pytest

from meadow.core.connections import Connection
from meadow.ingest.source import Source
from meadow.ingest.sources.kombu import KombuSettings, KombuSource
from tests.contracts.source_reader import reading, send_numbers
from tests.contracts.source_suite import BATCH_MAX, SourceSuite
from tests.servers.celery import ROOT, Broker
from tests.servers.deadlines import until, wait_for
from tests.servers.processes import Process

SETTINGS = KombuSettings(batch_messages_max=BATCH_MAX, poll_every_s=0.02, back_off_max_s=0.5)


def source_of(broker: Broker) -> KombuSource:
    return KombuSource(Connection(broker.url, transport_options=tuple(broker.options.items())), SETTINGS)


def messages_in(broker: Broker) -> Path:
    return Path(broker.options["data_folder_in"])


class TestFilesystemSource(SourceSuite):
    """Its connection is a folder: cut and down are the same, the folder goes."""

    keeps = False
    ordered = False  # kombu 5.7 names files by the millisecond and a random number

    @pytest.fixture
    def broker(self, file_broker: Broker) -> Broker:
        return file_broker

    def make(self, broker: Broker) -> Source:
        return source_of(broker)

    def cut(self, broker: Broker) -> None:
        self.down(broker)
        time.sleep(0.5)  # long enough to be asked meanwhile; nothing tells a test that a folder was missed
        self.up(broker)

    def nowhere(self) -> Broker:
        return Broker("filesystem://", {"data_folder_in": "/nonexistent", "control_folder": "/nonexistent/control"})

    def down(self, broker: Broker) -> None:
        shutil.rmtree(messages_in(broker).parent)

    def up(self, broker: Broker) -> None:
        messages_in(broker).mkdir(parents=True)


async def test_its_queue_is_gone_after_close_and_after_the_next_start_if_killed(
    file_broker: Broker, tmp_path: Path
) -> None:
    async with reading(source_of(file_broker)):
        assert len(_bound(file_broker)) == 1
    assert _bound(file_broker) == []
    options = json.dumps(file_broker.options)
    (tmp_path / "taker.py").write_text(TAKER)
    taker = Process([sys.executable, str(tmp_path / "taker.py"), options], tmp_path / "taker.out", cwd=ROOT)
    try:
        await asyncio.to_thread(wait_for, lambda: _bound(file_broker), "the taker's queue")
    finally:
        taker.kill()
    await asyncio.to_thread(send_numbers, file_broker, range(20))
    assert list(messages_in(file_broker).iterdir())
    async with reading(source_of(file_broker)):
        assert len(_bound(file_broker)) == 1
        assert not list(messages_in(file_broker).iterdir())


TAKER = """
import asyncio, json, sys
from meadow.core.connections import Connection
from meadow.ingest.sources.kombu import KombuSource
async def main():
    options = tuple(json.loads(sys.argv[1]).items())
    async for batch in KombuSource(Connection("filesystem://", transport_options=options)).batches():
        pass
asyncio.run(main())
"""


async def test_a_file_that_is_no_message_becomes_one_without_a_content_type(file_broker: Broker) -> None:
    async with reading(source_of(file_broker)) as reader:
        (queue,) = _bound(file_broker)
        for number, text in enumerate(
            ["not json", "[]", "{}", '{"body": "!", "properties": {"body_encoding": "base64"}}']
        ):
            (messages_in(file_broker) / f"{number}_x.{queue}.msg").write_text(text)
        await until(lambda: len(reader.messages) == 4, f"four: {reader.messages} {reader.source.state}")
        await asyncio.to_thread(send_numbers, file_broker, range(3))
        await reader.has(3)
        assert {message.content_type for message in reader.messages[:4]} == {""}
        assert not reader.gaps


async def test_two_sources_each_see_everything(file_broker: Broker) -> None:
    async with reading(source_of(file_broker)) as one, reading(source_of(file_broker)) as two:
        await asyncio.to_thread(send_numbers, file_broker, range(30))
        await one.has(30)
        await two.has(30)


async def test_the_memory_transport_will_do() -> None:
    broker = Broker("memory://")
    async with reading(source_of(broker)) as reader:
        await asyncio.to_thread(send_numbers, broker, range(30))
        await reader.has(30)
        await reader.source.enable_events(None)


async def test_a_transport_that_is_not_there_is_a_problem_that_says_so() -> None:
    source = source_of(Broker("nonesuch://u:secret@host/"))
    async with reading(source, connected=False):
        await until(lambda: source.state.problem, "a problem")
        assert "nonesuch://u:***@host/" in source.state.problem
        assert "no broker of nonesuch://" in source.state.problem


def _bound(broker: Broker) -> list[str]:
    table = Path(broker.options["control_folder"]) / "celeryev.exchange"
    return [queue for _, _, queue in json.loads(table.read_text())] if table.exists() else []
