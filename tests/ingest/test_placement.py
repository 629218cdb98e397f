"""Placement: the same answer everywhere, nobody overloaded, few moves."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings
from meadow.ingest.ownership import ClusterKey
from meadow.ingest.placement import SLACK, Member, holders_of, place

Copies = dict[ClusterKey, int]

keys = st.tuples(st.integers(1, 3), st.integers(1, 2**32 - 1))
copies = st.dictionaries(keys, st.integers(1, 4), max_size=60)
members = st.lists(
    st.builds(Member, st.text(min_size=1, max_size=8), st.sampled_from(["", "a", "b", "c"])),
    max_size=12,
    unique_by=lambda member: member.name,
)


def load(placed: Mapping[ClusterKey, Iterable[Member]]) -> Counter[Member]:
    return Counter(member for holders in placed.values() for member in holders)


def moved(before: Mapping[ClusterKey, Iterable[Member]], after: Mapping[ClusterKey, Iterable[Member]]) -> int:
    """Holders that a cluster has now and had not before."""
    return sum(len(set(after[key]) - set(before[key])) for key in before)


def field(clusters: int, nodes: int, zones: int = 3) -> tuple[Copies, list[Member]]:
    dice = random.Random(clusters)
    names = [Member(f"ingest-{n}", f"zone-{n % zones}") for n in range(nodes)]
    return {(1, dice.getrandbits(32)): 1 + n % 2 for n in range(clusters)}, names


@given(copies, members, st.randoms(use_true_random=False))
def test_whoever_knows_the_same_comes_to_the_same(wanted: Copies, alive: list[Member], dice: random.Random) -> None:
    shuffled, others = list(wanted.items()), [*alive, *alive[:2]]
    dice.shuffle(shuffled)
    dice.shuffle(others)
    assert place(dict(shuffled), others) == place(wanted, alive)


def test_another_process_comes_to_the_same() -> None:
    wanted, alive = field(30, 4)
    code = f"from meadow.ingest.placement import *; print(sorted(place({wanted!r}, {alive!r}).items()))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"})
    assert done.stdout.strip() == str(sorted(place(wanted, alive).items()))


@given(copies, members)
def test_each_cluster_has_as_many_different_holders_as_it_wants_and_there_are(
    wanted: Copies, alive: list[Member]
) -> None:
    for key, holders in place(wanted, alive).items():
        assert len(set(holders)) == len(holders) == min(wanted[key], len(alive))
        assert set(holders) <= set(alive)


@given(copies, members.filter(bool))
def test_nobody_holds_more_than_a_quarter_over_the_even_share(wanted: Copies, alive: list[Member]) -> None:
    few = {key: min(count, 1 + len(alive) // 5) for key, count in wanted.items()}
    bound = math.ceil(sum(few.values()) * SLACK / len(alive))
    assert max(load(place(few, alive)).values(), default=0) <= bound


@given(st.integers(2, 6), st.integers(1, 60))
def test_two_holders_are_in_different_zones_while_there_is_room(zones: int, clusters: int) -> None:
    wanted = dict.fromkeys(field(clusters, 1)[0], 2)
    alive = [Member(f"n{n}", f"z{n % zones}") for n in range(2 * zones)]
    for holders in place(wanted, alive).values():
        assert len({member.zone for member in holders}) == 2


def test_nodes_of_every_version_come_to_the_same() -> None:
    """An upgrade runs old and new nodes together: who changes this must change `Roll.name` too, and read what it says."""
    alive = [Member(f"ingest-{n}", "east" if n % 2 else "west") for n in range(4)]
    placed = place({(1, n): 1 + n % 2 for n in range(1, 13)}, alive)
    shown = ["".join(member.name[-1] for member in placed[1, n]) for n in range(1, 13)]
    assert shown == ["10", "1", "32", "0", "10", "2", "12", "2", "32", "3", "23", "1"]


def test_a_node_that_goes_moves_about_its_share_and_gets_it_back() -> None:
    wanted, alive = field(1000, 20)
    before, after = place(wanted, alive), place(wanted, alive[:-1])
    held = load(before)[alive[-1]]
    assert held <= moved(before, after) <= 1.5 * held
    assert place(wanted, alive) == before
    back = moved(after, before)
    assert back <= 1.5 * held


def test_a_new_cluster_moves_almost_nothing() -> None:
    wanted, alive = field(1000, 20)
    before = place(wanted, alive)
    for new in range(20):
        assert moved(before, place({**wanted, (2, new + 1): 2}, alive)) <= 3


def test_with_nobody_alive_nobody_holds_anything() -> None:
    assert place({(1, 1): 2}, []) == {(1, 1): ()}
    assert place({}, [Member("a")]) == {}


def test_a_name_that_is_there_twice_is_one_node() -> None:
    placed = place({(1, n): 2 for n in range(1, 20)}, [Member("a"), Member("a", "east"), Member("b", "west")])
    assert all(sorted(member.name for member in holders) == ["a", "b"] for holders in placed.values())


@pytest.mark.parametrize(
    ("url", "holders", "wanted"),
    [
        ("amqp://broker", 0, 1),
        ("amqps://broker", 3, 3),
        ("redis://broker", 0, 2),
        ("sentinel://broker", 1, 1),
        ("filesystem://", 0, 2),
    ],
)
def test_what_keeps_nothing_has_two_holders_unless_told_otherwise(url: str, holders: int, wanted: int) -> None:
    assert holders_of(Connection(url, holders=holders)) == wanted


@pytest.mark.parametrize("holders", [-1, 17])
def test_a_number_of_holders_beyond_reason_is_refused(holders: int) -> None:
    with pytest.raises(BadSettings):
        Connection("amqp://broker", holders=holders)
