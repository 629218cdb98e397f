"""Workers without -E are asked for their events: all at the start and after a reconnection, each as it comes online."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from meadow.core.errors import BrokerUnavailable
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.scope import Cluster
from meadow.ingest.enabling import AGAIN_AFTER_S, HOSTNAMES_MAX, Enabling
from meadow.ingest.source import SourceState
from meadow.ingest.sources.amqp_voice import AmqpVoice
from tests.ingest.collecting import CLUSTER, SOON, Script, acknowledged, collecting
from tests.ingest.messages import HEAD, message
from tests.servers.deadlines import until

ONLINE = HEAD | {"type": "worker-online"}


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EmbeddedLog]:
    opened = await EmbeddedLog.open(tmp_path / "log", EmbeddedLogSettings(partitions=2))
    yield opened
    await opened.close()


async def test_all_are_asked_at_the_start_and_after_a_reconnection(log: EmbeddedLog) -> None:
    source = Script()
    async with collecting(source, log):
        await until(lambda: source.asked == [None], "all are asked")
        source.reconnect()
        await until(lambda: source.asked == [None, None], "all are asked again")


async def test_a_worker_that_comes_is_asked_by_name(log: EmbeddedLog) -> None:
    source = Script()
    async with collecting(source, log):
        await until(lambda: source.asked, "all are asked")
        batch = [ONLINE | {"hostname": "w2@vm"}, ONLINE, HEAD | {"type": "worker-offline", "hostname": "w3@vm"}, ONLINE]
        await acknowledged(source, source.tell(message(batch)))
        await until(lambda: len(source.asked) == 2, "the workers are asked")
    assert source.asked == [None, ["w1@vm", "w2@vm"]]


async def test_nobody_is_asked_where_that_is_not_wanted(log: EmbeddedLog) -> None:
    source = Script()
    quiet: Cluster = replace(CLUSTER, connection=replace(CLUSTER.connection, enable_events=False))
    async with collecting(source, log, SOON, quiet):
        await acknowledged(source, source.tell(message(ONLINE)))
    assert source.asked == []


async def test_nobody_is_asked_while_the_broker_is_away() -> None:
    source = Script(state=SourceState(connected=False, since=1.0))
    enabling = Enabling(source, 0.01)
    enabling.saw(["w1"])
    await enabling._once()
    assert source.asked == []
    source.state = SourceState(connected=True, since=2.0)
    await enabling._once()
    await enabling._once()
    assert source.asked == [None]


async def test_very_many_at_once_are_asked_by_one_broadcast_to_all() -> None:
    source = Script()
    enabling = Enabling(source, 0.01)
    await enabling._once()
    enabling.saw(f"w{n}" for n in range(100 * HOSTNAMES_MAX))
    await enabling._once()
    await enabling._once()
    assert source.asked == [None, None]


async def test_a_worker_that_did_not_listen_yet_is_asked_again() -> None:
    source, now_s = Script(), 0.0
    enabling = Enabling(source, 0.01, lambda: now_s)
    await enabling._once()
    now_s = 1000.0
    await enabling._once()  # everybody's repeats are over
    source.asked.clear()
    enabling.saw(["w1"])
    for now_s in (1000.0, 1000.1, 1002.0, 1009.9, 1010.0, 1100.0, 1200.0):  # noqa: B007 - the clock above reads it
        await enabling._once()
    assert source.asked == [["w1"]] * len(AGAIN_AFTER_S)


async def test_a_connection_that_ends_while_workers_are_asked_ends_nothing_else() -> None:
    async def ended() -> NoReturn:
        raise asyncio.CancelledError  # aiormq says it to whoever waits

    with pytest.raises(BrokerUnavailable):
        await AmqpVoice("celery.pidbox", ended).say({})
