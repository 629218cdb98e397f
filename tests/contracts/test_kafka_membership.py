"""A partition counts as kept only if this member had it in every generation of its group since the owner was told of it."""

from __future__ import annotations

import pytest
from aiokafka import TopicPartition

from meadow.core.logs.kafka_membership import Membership


class Group:
    """A coordinator's word, and the reader it is said to."""

    def __init__(self) -> None:
        self.standing = (0, "")
        self.member = Membership(1.0, lambda: None, lambda: self.standing)

    async def gives(self, generation: int, member: str, *partitions: int) -> frozenset[int]:
        self.standing = (generation, member)
        await self.member.on_partitions_assigned([TopicPartition("events", p) for p in partitions])
        return self.member.kept

    def tells(self) -> None:
        assert self.member.news is not None
        self.member.told(self.member.news)
        self.member.let_go()


@pytest.fixture
async def group() -> Group:
    made = Group()
    assert not await made.gives(4, "me", 0, 1, 2)
    made.tells()
    return made


async def test_what_is_given_again_by_the_next_generation_is_kept(group: Group) -> None:
    assert await group.gives(5, "me", 1, 2, 3) == {1, 2}
    group.tells()
    assert await group.gives(6, "me", 0, 3) == {3}


async def test_after_a_generation_without_this_member_nothing_is(group: Group) -> None:
    assert not await group.gives(6, "me", 0, 1, 2)


async def test_who_was_taken_for_dead_and_joined_anew_has_kept_nothing(group: Group) -> None:
    assert not await group.gives(5, "another", 0, 1, 2)


async def test_a_generation_the_owner_was_not_told_of_counts(group: Group) -> None:
    assert await group.gives(5, "me", 1, 2) == {1, 2}
    assert await group.gives(6, "me", 0, 1) == {1}
