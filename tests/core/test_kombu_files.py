"""kombu's filesystem transport as Meadow uses it: whole messages for everybody, and patience with a half-written one."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import kombu
import pytest

from meadow.core.kombu_files import Transport
from tests.servers.celery import Broker

MESSAGES = 300


@pytest.fixture
def channel(file_broker: Broker) -> Iterator[Any]:
    with kombu.Connection(file_broker.url, transport=Transport, transport_options=file_broker.options) as connection:
        yield connection.default_channel


def test_nobody_sees_a_message_before_it_is_whole(channel: Any, file_broker: Broker) -> None:
    folder = Path(file_broker.options["data_folder_in"])
    seen: dict[str, str] = {}
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            for file in folder.glob("*.msg"):
                if file.name not in seen:
                    seen[file.name] = file.read_text()

    watcher = threading.Thread(target=look)
    watcher.start()
    for number in range(MESSAGES):
        channel._put("tasks", {"body": "x" * 20_000, "n": number})
    stop.set()
    watcher.join()
    assert seen
    assert {len(json.loads(text)["body"]) for text in seen.values()} == {20_000}


def test_what_cannot_be_written_leaves_no_empty_message(channel: Any, file_broker: Broker) -> None:
    with pytest.raises(TypeError):
        channel._put("tasks", {"body": object()})
    assert not list(Path(file_broker.options["data_folder_in"]).glob("*.msg"))


def test_a_message_that_is_still_being_written_is_there_in_a_later_round(channel: Any, file_broker: Broker) -> None:
    file = Path(file_broker.options["data_folder_in"]) / "1_x.tasks.msg"
    file.touch()
    with pytest.raises(Empty):
        channel._get("tasks")
    file.write_text('{"body": "whole"}')
    assert channel._get("tasks") == {"body": "whole"}
    assert not file.exists()


def test_a_table_that_is_being_rewritten_is_read_again(channel: Any, file_broker: Broker) -> None:
    table = Path(file_broker.options["control_folder"]) / "celeryev.exchange"
    table.write_text("")

    def rewrite() -> None:
        time.sleep(0.02)
        table.write_text('[["#", "", "ours"]]')

    writer = threading.Thread(target=rewrite)
    writer.start()
    (bound,) = channel.get_table("celeryev")
    writer.join()
    assert bound.queue == "ours"
