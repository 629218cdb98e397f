"""A shard's partitions are divided fairly, all of them, none twice, and stay where they were as far as that is fair."""

from __future__ import annotations

from types import SimpleNamespace

from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata
from hypothesis import given
from hypothesis import strategies as st

from meadow.core.logs.kafka_assignor import Assignor, divide

MEMBERS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.tuples(st.floats(0, 1e9), st.lists(st.integers(-1, 40))), min_size=1
)


@given(st.sets(st.integers(0, 40)), MEMBERS)
def test_all_are_handed_out_once_and_fairly(partitions: set[int], claims: dict[str, tuple[float, list[int]]]) -> None:
    divided = divide(partitions, claims)
    assert divided.keys() == claims.keys()
    assert sorted(p for own in divided.values() for p in own) == sorted(partitions)
    sizes = [len(own) for own in divided.values()]
    assert max(sizes) - min(sizes) <= 1


@given(st.integers(1, 40), st.integers(1, 8))
def test_who_comes_takes_only_its_share(partitions: int, members: int) -> None:
    all_of_them = set(range(partitions))
    before = divide(all_of_them, {f"m{n}": (0.0, []) for n in range(members)})
    after = divide(all_of_them, {**{name: (1.0, own) for name, own in before.items()}, "new": (0.0, [])})
    moved = [p for name, own in before.items() for p in own if p not in after[name]]
    assert sorted(moved) == sorted(after["new"])


def test_of_two_that_claim_the_same_the_later_has_it() -> None:
    woken, running = (10.0, [0, 1]), (20.0, [1])
    assert divide({0, 1}, {"woken": woken, "running": running}) == {"running": [1], "woken": [0]}


def test_a_claim_travels_with_its_member_and_another_shards_partitions_are_left_out() -> None:
    first, second = Assignor("t.events", (1, 2)), Assignor("t.events", (1, 2))
    first.on_assignment(ConsumerProtocolMemberAssignment(0, [("t.events", [3, 5])], b""))
    cluster = SimpleNamespace(partitions_for_topic=lambda _: {0, 1, 2, 3, 4, 5, 6, 7})
    members = {"one": first.metadata(["t.events"]), "two": second.metadata(["t.events"])}
    divided = {name: given.assignment for name, given in second.assign(cluster, members).items()}
    assert divided == {"one": [("t.events", [3, 5])], "two": [("t.events", [1, 7])]}


def test_what_cannot_be_read_claims_nothing() -> None:
    assignor = Assignor("t", (0, 1))
    cluster = SimpleNamespace(partitions_for_topic=lambda _: {0, 1})
    told = (None, b"\xff", b"[]", b'{"partitions": 7}', b'{"partitions": [null]}')
    members = {str(n): ConsumerProtocolMemberMetadata(0, ["t"], text) for n, text in enumerate(told)}
    divided = assignor.assign(cluster, members)
    assert sum(len(given.partitions()) for given in divided.values()) == 2
