"""Who collects what, on real processes: nodes are killed, stopped, paused and added; every cluster is collected, nobody is
disturbed without need."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from meadow.core.kafka import KafkaConnection
from meadow.core.logs.kafka_topics import TopicSettings, make_topics
from meadow.ingest.placement import Member, place
from tests.promises.ingest_node import CLUSTERS
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.processes import Process

ROOT = Path(__file__).resolve().parents[2]
COPIES = {(1, cluster.id): 1 + cluster.id % 2 for cluster in CLUSTERS}


@dataclass
class Running:
    """One node's process."""

    member: Member
    process: Process

    def lines(self) -> list[tuple[str, int]]:
        """What it began (+) and ended (-) to collect, in order."""
        said = self.process.output.rpartition("\n")[0].split("\n")
        return [(line[0], int(line[2:])) for line in said if line[:2] in ("+ ", "- ")]

    def collects(self) -> set[int]:
        """Clusters begun and not ended; each may be collected once at a time."""
        now: list[int] = []
        for kind, number in self.lines():
            if kind == "+":
                now.append(number)
            else:
                now.remove(number)
        assert len(now) == len(set(now)), now
        return set(now)


@dataclass
class Nodes:
    """All processes of a test."""

    connection: KafkaConnection
    folder: Path
    alive: dict[str, Running]
    made: list[Process]

    def join(self, name: str, zone: str) -> None:
        """Returns when it has its share."""
        where = self.folder / f"{name}-{len(self.made)}"
        program = [sys.executable, "-m", "tests.promises.ingest_node"]
        arguments = [self.connection.servers[0], self.connection.prefix, name, zone, str(where)]
        process = Process([*program, *arguments], where.with_suffix(".out"), cwd=ROOT)
        self.made.append(process)
        process.wait_until_says("ready")
        self.alive[name] = Running(Member(name, zone), process)
        self.settle()

    def settle(self) -> None:
        """Returns when each collects exactly its share of what those alive share; whoever kept a cluster, kept it."""
        before = {name: (node.collects(), len(node.lines())) for name, node in self.alive.items()}
        placed = place(COPIES, [node.member for node in self.alive.values()])
        shares = {
            name: {key[1] for key, holders in placed.items() if node.member in holders}
            for name, node in self.alive.items()
        }
        wait_for(
            lambda: all(node.collects() == shares[name] for name, node in self.alive.items()),
            "all shares are collected",
            60,
        )
        for name, (held, said) in before.items():
            stirred = {number for _, number in self.alive[name].lines()[said:]}
            assert not stirred & held & shares[name], f"{name} was disturbed"


@pytest.fixture
async def nodes(kafka: Kafka, tmp_path: Path) -> AsyncIterator[Nodes]:
    connection = kafka.connection()
    await make_topics(connection, TopicSettings(partitions=1))
    made = Nodes(connection, tmp_path, {}, [])
    yield made
    for process in made.made:
        process.resume()
        process.kill()


def test_every_cluster_is_collected_whatever_becomes_of_the_nodes(nodes: Nodes) -> None:
    for name, zone in (("a", "east"), ("b", "west"), ("c", "east")):
        nodes.join(name, zone)

    nodes.alive.pop("c").process.kill()
    nodes.settle()

    nodes.join("d", "west")

    leaving = nodes.alive.pop("d")
    leaving.process.stop()
    assert leaving.collects() == set(), "a node that stops in order closes its sources"
    nodes.settle()

    nodes.join("c", "east")  # again, under the name it had


def test_a_node_that_is_paused_beyond_its_session_is_taken_over_and_comes_back(nodes: Nodes) -> None:
    for name, zone in (("a", "east"), ("b", "west"), ("c", "east")):
        nodes.join(name, zone)

    paused = nodes.alive.pop("b")
    held, said = paused.collects(), len(paused.lines())
    paused.process.pause()
    nodes.settle()
    assert paused.collects() == held

    paused.process.resume()
    nodes.alive["b"] = paused
    nodes.settle()
    assert len(paused.lines()) == said, "it goes on with what it had: names decide, not arrivals"


def test_two_of_three_killed_at_once_leave_everything_to_the_third(nodes: Nodes) -> None:
    for name in ("a", "b", "c"):
        nodes.join(name, "")
    for name in ("a", "c"):
        nodes.alive.pop(name).process.kill()
    nodes.settle()
    assert nodes.alive["b"].collects() == {cluster.id for cluster in CLUSTERS}
