"""Ownership, alone and by Kafka: every node is given the same list, and keeps it while Kafka is away."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from meadow.core.errors import BadSettings
from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka_topics import TopicSettings, make_topics
from meadow.ingest.ownerships.alone import Alone
from meadow.ingest.ownerships.kafka import ByKafka, KafkaOwnershipSettings
from meadow.ingest.ownerships.kafka_roll import Roll, members_of
from meadow.ingest.placement import Member, place
from tests.contracts.ownership_suite import CLUSTERS, OwnershipSuite, owning
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka

SOON = KafkaOwnershipSettings(ask_every_s=0.2, answer_within_s=1.0, back_off_max_s=0.5)


class TestAlone(OwnershipSuite):
    @pytest.fixture
    def ownership(self) -> Alone:
        return Alone()


class TestByKafka(OwnershipSuite):
    @pytest.fixture
    def ownership(self, connection: KafkaConnection) -> ByKafka:
        return ByKafka(connection, "only", "", SOON)


@pytest.fixture
async def connection(kafka: Kafka) -> KafkaConnection:
    """With the registry's topic."""
    made = kafka.connection()
    await make_registry(made)
    return made


async def make_registry(connection: KafkaConnection) -> None:
    await make_topics(connection, TopicSettings(partitions=1))


def names(ownership: ByKafka) -> list[str]:
    return sorted(member.name for member in ownership.members)


async def know(wanted: list[str], *nodes: ByKafka) -> None:
    await until(lambda: all(names(node) == wanted for node in nodes), f"the nodes know {wanted}")


async def test_nodes_share_the_clusters_and_take_over_from_one_that_stops(connection: KafkaConnection) -> None:
    nodes = [ByKafka(connection, f"n{number}", f"zone-{number}", SOON) for number in range(3)]
    told: list[str] = []
    nodes[0].on_change(lambda: told.append("changed"))
    assert nodes[0].held(CLUSTERS) == frozenset()
    assert not nodes[0].healthy
    async with AsyncExitStack() as stack:
        for node in nodes[:2]:
            await stack.enter_async_context(owning(node))
        await know(["n0", "n1"], *nodes[:2])
        async with owning(nodes[2]):
            await know(["n0", "n1", "n2"], *nodes)
            placed = place({(1, c.id): 1 + c.id % 2 for c in CLUSTERS}, nodes[0].members)
            for node in nodes:
                mine = {key for key, holders in placed.items() if node._me in holders}
                assert node.held(CLUSTERS) == mine
            await until(
                lambda: all(node.healthy for node in nodes), "all are healthy"
            )  # not while their group is divided
        await know(["n0", "n1"], *nodes[:2])
        both = [node.held(CLUSTERS) for node in nodes[:2]]
        assert both[0] | both[1] == {(1, c.id) for c in CLUSTERS}
        assert both[0] & both[1] == {(1, c.id) for c in CLUSTERS if c.connection.scheme == "redis"}
    assert told


async def test_while_kafka_is_away_the_last_list_stays_and_is_told_to_be_old(
    kafka: Kafka, connection: KafkaConnection
) -> None:
    first, second = ByKafka(connection, "a", "", SOON), ByKafka(connection, "b", "", SOON)
    async with owning(first), owning(second):
        await know(["a", "b"], first, second)
        await until(lambda: first.healthy and second.healthy, "both are in the group")  # told the list a moment before
        held = first.held(CLUSTERS)
        kafka.kill()
        try:
            await until(lambda: not first.healthy and not second.healthy, "both know that Kafka is away")
            assert "Kafka does not answer" in first.problem
            assert (names(first), first.held(CLUSTERS)) == (["a", "b"], held)
        finally:
            kafka.start()
        await until(lambda: first.healthy and second.healthy, "both know that Kafka is back", within_s=60)
        await know(["a", "b"], first, second)
        assert first.held(CLUSTERS) == held


async def test_a_node_that_starts_before_kafka_or_its_topic_joins_when_they_are_there(kafka: Kafka) -> None:
    connection = kafka.connection()
    hasty = replace(SOON, session_s=2.0)  # twice that until the missing topic is told
    kafka.stop()
    try:
        node = ByKafka(connection, "a", "", hasty)
        async with owning(node):
            await until(lambda: "KafkaConnectionError" in node.problem, "it says that Kafka is away")
            kafka.start()
            await until(lambda: "run `meadow migrate`" in node.problem, "it says that the topic is missing", 60)
            assert node.held(CLUSTERS) == frozenset()
            await make_registry(connection)
            await know(["a"], node)
            await until(lambda: node.healthy, "it is in the group")
    finally:
        if not kafka.runs:
            kafka.start()


@pytest.mark.parametrize("joined", [True, False])
async def test_a_stop_while_kafka_hangs_ends_within_its_bound(
    kafka: Kafka, connection: KafkaConnection, joined: bool
) -> None:
    """Nothing is left open either: warnings are errors here."""
    node = ByKafka(connection, "a", "", replace(SOON, leave_within_s=0.5))
    if not joined:
        kafka.pause()
    task = asyncio.create_task(node.run())
    try:
        if joined:
            await know(["a"], node)
            kafka.pause()
            await until(lambda: not node.healthy, "it knows that Kafka is away")
        else:
            await until(lambda: node._seat is not None, "it tries to join")
        async with asyncio.timeout(20):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await node.stop()
    finally:
        kafka.resume()


async def test_what_kafka_refuses_is_told_and_tried_again(kafka: Kafka, connection: KafkaConnection) -> None:
    """A member of another kind in the group: Kafka refuses whoever has no protocol in common with it."""
    node = ByKafka(connection, "a", "", SOON)
    intruder = ByKafka(connection, "x", "", SOON)
    intruder._options = lambda: {"group_id": connection.topic("ingest")}  # type: ignore[method-assign] # aiokafka's own
    async with owning(intruder):
        await until(lambda: intruder.healthy, "the intruder is in the group")
        async with owning(node):
            await until(lambda: "cannot join" in node.problem, "the refusal is told")
            await intruder.stop()
            await know(["a"], node)


@pytest.mark.parametrize(("node", "zone"), [("", ""), ("n" * 256, ""), ("a", "z" * 256), ("a\n", ""), ("\udc80", "")])
def test_a_name_that_cannot_be_one_is_refused(node: str, zone: str) -> None:
    with pytest.raises(BadSettings):
        ByKafka(KafkaConnection(("kafka:9092",)), node, zone)


def test_what_a_member_says_of_itself_is_read_with_care(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[list[Member]] = []
    roll = Roll(Member("a", "east"), lambda members: heard.append(list(members)))
    mine = roll.metadata(["registry"])
    offers = {"1": mine}
    for number, said in enumerate(
        (b"", b"{", b"5", b"{}", b'{"name": 3}', b'{"name": ""}', b'{"name":"b","zone":7,"x":1}')
    ):
        offers[f"other-{number}"] = type(mine)(0, ["registry"], said)
    given = roll.assign(None, offers)
    assert set(given) == set(offers)
    roll.on_assignment(given["1"])
    assert heard == [[Member("a", "east"), Member("b")]]
    for roll_without_me in (b"", b"{}", b'[{"name":"b"}]', b"[3]"):
        roll.on_assignment(type(given["1"])(0, [], roll_without_me))
    assert len(heard) == 1
    assert members_of(b'[{"name":"b"},{"name":"b"}]') == [Member("b"), Member("b")]
