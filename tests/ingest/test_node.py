"""An ingest node: what it holds is collected, what it does not hold is not, and nobody is disturbed without need."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from meadow.core.errors import BadSettings
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.scope import Cluster
from meadow.ingest.collector import Collector
from meadow.ingest.keeping import KeepingSettings
from meadow.ingest.node import Node
from meadow.ingest.ownerships.alone import Alone
from meadow.ingest.source import SourceState
from tests.ingest.collecting import Script, acknowledged, events
from tests.ingest.messages import HEAD, message
from tests.ingest.nodes import KEEPING, Field, cluster, collects
from tests.servers.deadlines import until

LONG_S = 3_600.0


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EmbeddedLog]:
    opened = await EmbeddedLog.open(tmp_path / "log", EmbeddedLogSettings(partitions=2))
    yield opened
    await opened.close()


@pytest.fixture
def field(log: EmbeddedLog) -> Field:
    return Field(log, [cluster(1), cluster(2)])


async def test_what_is_held_is_collected_to_the_log(field: Field, log: EmbeddedLog) -> None:
    async with field.node() as node:
        await collects(node, 1, 2)
        for number in (1, 2):
            [script] = field.scripts[number]
            await acknowledged(script, script.tell(message(HEAD | {"uuid": f"of-{number}"})))
    assert {(row["cluster_id"], row["task_id"]) for row in await events(log)} == {(1, "of-1"), (2, "of-2")}
    assert all(script.closed for [script] in field.scripts.values())
    assert node.collectors == []


async def test_a_cluster_of_the_registry_comes_and_goes(field: Field) -> None:
    async with field.node(overlap_s=LONG_S) as node:
        before = await collects(node, 1, 2)
        field.clusters.append(cluster(3))
        node.wake()
        assert (await collects(node, 1, 2, 3)).items() >= before.items()
        field.clusters[:] = [cluster(1), cluster(3)]
        node.wake()
        assert (await collects(node, 1, 3))[1] is before[1]
        await until(lambda: field.scripts[2][0].closed, "the removed cluster's source is closed, without any overlap")


async def test_another_connection_is_another_collector_and_the_others_run_on(field: Field) -> None:
    async with field.node(overlap_s=LONG_S) as node:
        before = await collects(node, 1, 2)
        field.clusters[1] = cluster(2, "amqp://another/v")
        node.wake()
        await until(
            lambda: field.scripts[2][0].closed and len(node.collectors) == 2, "the old one ends, a new one runs"
        )
        after = await collects(node, 1, 2)
        assert after[1] is before[1]
        assert after[2] is not before[2]
        assert after[2].cluster.connection.url == "amqp://another/v"
    assert node.restarts == 0


async def test_a_cluster_that_is_lost_is_let_go_later_and_one_that_comes_back_was_never_away(field: Field) -> None:
    async with field.node(overlap_s=LONG_S) as node:
        before = await collects(node, 1, 2)
        field.shares.others_have(2)
        await until(lambda: [one.id for one in node.held] == [1], "the node knows that it lost cluster 2")
        assert await collects(node, 1, 2) == before
        field.shares.others_have()
        await until(lambda: len(node.held) == 2, "it is back")
        assert await collects(node, 1, 2) == before
    assert {number: len(scripts) for number, scripts in field.scripts.items()} == {1: 1, 2: 1}


async def test_after_the_overlap_a_lost_cluster_is_not_collected(field: Field) -> None:
    async with field.node(overlap_s=0.05) as node:
        before = await collects(node, 1, 2)
        field.shares.others_have(2)
        assert await collects(node, 1) == {1: before[1]}
        await until(lambda: field.scripts[2][0].closed, "the source of the lost cluster is closed")
        field.shares.others_have()
        assert (await collects(node, 1, 2))[1] is before[1]


class Broken(Script):
    """A source that fails in a way nobody foresaw, so many times."""

    async def batches(self) -> AsyncIterator[object]:  # type: ignore[override] # it gives nothing
        raise ZeroDivisionError
        yield


async def test_a_collector_that_fails_is_made_again_and_takes_none_with_it(
    field: Field, caplog: pytest.LogCaptureFixture
) -> None:
    def script(one: Cluster) -> Script:
        return Broken() if one.id == 2 and len(field.scripts.get(2, [])) < 3 else Script()

    field.script = script
    async with field.node() as node:
        first = (await collects(node, 1, 2))[1]
        await until(lambda: len(field.scripts[2]) == 4 and not node.problems, "the fourth collector runs")
        assert (await collects(node, 1, 2))[1] is first
        assert node.restarts == 3
    assert "ZeroDivisionError" in caplog.text
    assert all(script.closed for script in field.scripts[2])


class Ended(Script):
    """A source that ends, and is closed, with a CancelledError of its own, as aiormq says it when a connection ends."""

    async def batches(self) -> AsyncIterator[object]:  # type: ignore[override] # it gives nothing
        raise asyncio.CancelledError
        yield

    async def close(self) -> None:
        raise asyncio.CancelledError


async def test_a_collector_that_is_cancelled_by_itself_is_made_again(field: Field) -> None:
    field.script = lambda one: Ended() if len(field.scripts.get(one.id, [])) < 3 else Script()
    async with field.node() as node:
        await until(lambda: node.restarts == 6 and not node.problems, "the fourth collectors run")
        await collects(node, 1, 2)


async def test_a_cluster_of_which_no_collector_can_be_made_is_told_until_it_is_mended(field: Field) -> None:
    def make(one: Cluster) -> Collector:
        if one.connection.url == "amqp://":
            raise BadSettings("The broker URL names no host.")
        return field.make(one)

    field.clusters[1] = cluster(2, "amqp://")
    node = Node(field.directory, Alone(), make, 0, KEEPING)
    await node.start()
    running = asyncio.create_task(node.run())
    await until(lambda: node.problems, "a problem")
    assert node.problems == {"acme/c2": "The broker URL names no host."}
    await collects(node, 1)
    field.clusters[1] = cluster(2)
    node.wake()
    await collects(node, 1, 2)
    assert node.problems == {}
    running.cancel()
    await node.stop()


class Deaf(Script):
    """A source whose close never returns."""

    async def close(self) -> None:
        await asyncio.Event().wait()


async def test_a_collector_that_does_not_stop_is_abandoned(field: Field, caplog: pytest.LogCaptureFixture) -> None:
    field.script = lambda one: Deaf() if one.id == 2 else Script()
    async with field.node() as node:
        await collects(node, 1, 2)
    assert field.scripts[1][0].closed
    assert "was abandoned" in caplog.text


async def test_a_collector_that_fails_while_it_is_let_go_is_no_fault(field: Field) -> None:
    field.script = lambda _: Broken()
    async with field.node(settings=replace(KEEPING, back_off_first_s=LONG_S, back_off_max_s=LONG_S)) as node:
        await until(lambda: len(node.problems) == 2, "both have failed")
        field.clusters.clear()
        node.wake()
        await until(lambda: not node.held, "both are let go")
    assert node.restarts == 2


class Slow(Script):
    """Connects when it is told to; knows how many connect at once."""

    connecting = most = 0

    async def batches(self) -> AsyncIterator[object]:  # type: ignore[override] # it gives nothing
        self.state = SourceState(connected=False, since=1.0)
        Slow.connecting += 1
        Slow.most = max(Slow.most, Slow.connecting)
        await asyncio.sleep(0.01)
        Slow.connecting -= 1
        self.state = SourceState(connected=True, since=2.0)
        await self.queue.get()
        return
        yield


async def test_many_clusters_do_not_connect_at_once(field: Field) -> None:
    field.clusters[:] = [cluster(number) for number in range(1, 201)]
    field.script = lambda _: Slow(state=SourceState(connected=False, since=1.0))
    async with field.node(settings=KeepingSettings(starting_max=20, turn_s=LONG_S)) as node:
        await collects(node, *range(1, 201))
        await until(lambda: all(one.source_state.connected for one in node.collectors), "all are connected")
    assert 1 < Slow.most <= 20


async def test_brokers_that_do_not_answer_keep_nobody_waiting_for_long(field: Field) -> None:
    field.clusters[:] = [cluster(number) for number in range(1, 9)]
    field.script = lambda one: Script(state=SourceState(connected=one.id == 8, since=1.0))
    async with field.node(settings=replace(KEEPING, starting_max=2, turn_s=0.02)) as node:
        await collects(node, *range(1, 9))
