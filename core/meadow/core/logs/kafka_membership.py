"""What Kafka said last about this reader's place in its group, kept until take() has told the owner."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection

from aiokafka import ConsumerRebalanceListener, TopicPartition

from meadow.core.logs.embedded_thread import within

log = logging.getLogger(__name__)


class Membership(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    """aiokafka calls the two `on_…` from a task of its own; every rebalance takes all partitions back and gives some anew.

    stable    the group stands: `getmany` does not wait.
    news      partitions that were given and not told to the owner yet.
    kept      of those the owner was told of last, which nobody else can have had since: this member had them in every
              generation of the group, and missed none.
    revoking  the owner must be told to hold still. Until `let_go`, at most drain_s, no other reader gets what it holds,
              heartbeats go on and commits count. Afterwards all is `lost`: commits are refused.
    on_news   called at each change.
    standing  generation and member id, as the coordinator has them.
    """

    def __init__(self, drain_s: float, on_news: Callable[[], None], standing: Callable[[], tuple[int, str]]) -> None:
        self.stable = False
        self.news: frozenset[int] | None = None
        self.kept: frozenset[int] = frozenset()
        self.revoking = False
        self.lost = False
        self.holding = False
        self._drain_s, self._on_news, self._standing = drain_s, on_news, standing
        self._stood = (0, "")
        self._gone = asyncio.Event()

    def told(self, news: frozenset[int]) -> None:
        """The owner begins to hold these, and nothing else."""
        self.holding, self.kept = bool(news), news

    def let_go(self) -> None:
        """The owner holds still, or has lost all it had."""
        self.revoking = self.lost = self.holding = False
        self._gone.set()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        self.stable, self.news = False, None
        if self.holding and not self.revoking:
            self._gone.clear()
            self.revoking = True
        self._on_news()
        if self.revoking and not self.lost and not await within(self._gone, self._drain_s):
            self.lost = True
            log.warning("the reader did not let go of its partitions within %.0f s; they are given away", self._drain_s)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        given = frozenset(one.partition for one in assigned)
        (generation, member), before = self._standing(), self._stood
        self.kept = self.kept & given if (generation - 1, member) == before else frozenset()
        self._stood = (generation, member)
        self.stable, self.news = True, given
        self._on_news()
