"""Meadow's own slow look at all workers: what they are and listen to, every minute or so, by one process for each cluster."""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from meadow.control.claims import Claims
from meadow.control.inspector import Inspection, Inspector
from meadow.control.records import Records
from meadow.control.settings import ControlSettings
from meadow.core import meters
from meadow.core.errors import MeadowError
from meadow.core.readings import Reading
from meadow.core.scope import Cluster, Directory

OFTEN = ("stats", "active_queues")
SELDOM = ("registered", "conf")  # hardly ever change while a worker lives
SELDOM_EVERY_S = 600.0
AT_ONCE_MAX = 8  # clusters; the rest of them wait, and a process has work besides
ATTEMPTS_MAX = 4  # beside the slots' own, after a start
FIRST_AGAIN_S = 5.0  # after a start nobody may be known yet
PATIENCE_S = 5.0
NAMED_MAX = 200  # more workers than these are all asked together
log = logging.getLogger(__name__)
Key = tuple[int, int]  # tenant, cluster


class Round(StrEnum):
    """What became of one."""

    KEPT = "kept"
    SILENT = "silent"  # nobody answered
    SKIPPED = "skipped"  # nobody is online as far as is known, as when the broker is away; or the last one still runs
    FAILED = "failed"  # broker or store refused or were away


@dataclass(slots=True)
class _Course:
    """Of one cluster. slot: the last that was begun, and attempt in it; again_s: when another one is due, epoch seconds.
    attempts: how many there were in all. looked: workers that were asked the seldom questions, by process id."""

    slot: int
    attempt: int = 0
    attempts: int = 0
    again_s: float = math.inf
    looked: dict[str, int] = field(default_factory=dict)
    running: asyncio.Task[None] | None = None


class Rounds:
    """Every cluster has a slot of `inspect_every_s`; their beginnings are spread over it.

    Asks    OFTEN each time, SELDOM each ten minutes and of workers that were started since.
    Alone   of all control processes the one that claims the slot; a cluster has one round at a time.
    Spares  the broker: nothing is sent where no worker was heard lately; one question after the other, and not again before
            the next slot, but for a few attempts while none ever succeeded.
    Never   raises, or is in the audit trail: nobody asked for it.
    """

    def __init__(
        self,
        inspector: Inspector,
        claims: Claims,
        records: Records,
        directory: Callable[[], Directory],
        settings: ControlSettings,
        now_s: Callable[[], float],
    ) -> None:
        self._inspector, self._claims, self._records, self._directory = inspector, claims, records, directory
        self._every_s, self._within_s = settings.inspect_every_s, settings.reply_within_s
        self._now_s = now_s
        self._courses: dict[Key, _Course] = {}
        self._turns = asyncio.Semaphore(AT_ONCE_MAX)
        self._counts: dict[Key, Counter[Round]] = {}

    async def run(self) -> None:
        """Until cancelled; at once over when rounds are switched off."""
        if not self._every_s:
            return
        try:
            while True:
                self._begin_due()
                await asyncio.sleep(min(1.0, self._every_s / 10))
        finally:
            await self._end()

    def readings(self) -> Iterator[Reading]:
        """Of the clusters of now."""
        for cluster in self._directory().clusters:
            for outcome, count in self._counts.get(_key(cluster), Counter()).items():
                yield Reading(meters.INSPECT_ROUNDS, count, (cluster.tenant.slug, cluster.slug, str(outcome)))

    def _begin_due(self) -> None:
        clusters = {_key(cluster): cluster for cluster in self._directory().clusters}
        self._courses = {key: course for key, course in self._courses.items() if key in clusters}
        self._counts = {key: count for key, count in self._counts.items() if key in clusters}
        for key, cluster in clusters.items():
            slot = int((self._now_s() + _spread(key, self._every_s)) // self._every_s)
            course = self._courses.setdefault(key, _Course(slot - 1))
            if slot > course.slot:
                course.slot, course.attempt = slot, 0
            elif self._now_s() >= course.again_s:
                course.attempt += 1
                course.attempts += 1
            else:
                continue
            course.again_s = math.inf
            self._begin(cluster, course)

    def _begin(self, cluster: Cluster, course: _Course) -> None:
        if course.running is not None and not course.running.done():
            self._count(cluster, Round.SKIPPED)
            return
        course.running = asyncio.create_task(self._take(cluster, course), name="meadow-inspect")

    async def _take(self, cluster: Cluster, course: _Course) -> None:
        patience_s = random.uniform(0.2, 1.0) * min(PATIENCE_S, self._every_s / 2)  # noqa: S311 - no secret
        name = f"inspect/{cluster.tenant.id}/{cluster.id}"
        if not await self._claims.turn(name, course.slot * (ATTEMPTS_MAX + 1) + course.attempt, patience_s):
            return
        async with self._turns:
            try:
                outcome = await self._round(cluster, course)
            except MeadowError as error:
                log.warning("workers of %s were not inspected: %s", cluster.slug, error)
                outcome = Round.FAILED
        self._count(cluster, outcome)
        if outcome is not Round.KEPT and not course.looked and course.attempts < ATTEMPTS_MAX:
            course.again_s = self._now_s() + FIRST_AGAIN_S * 2**course.attempts

    async def _round(self, cluster: Cluster, course: _Course) -> Round:
        processes = await self._records.processes(cluster)
        if not processes:
            return Round.SKIPPED
        everybody = frozenset(processes)
        answered = False
        for kind in OFTEN:
            answered |= await self._ask(cluster, kind, everybody)
        again = course.slot % max(1, round(SELDOM_EVERY_S / self._every_s)) == 0
        new = everybody if again else frozenset(h for h in everybody if course.looked.get(h) != processes[h])
        for kind in SELDOM if new and answered else ():
            await self._ask(cluster, kind, new)
        if answered:
            course.looked = processes
        return Round.KEPT if answered else Round.SILENT

    async def _ask(self, cluster: Cluster, kind: str, workers: frozenset[str]) -> bool:
        """Whether any answer was kept. They are named, so that nobody can make up answers of workers there never were."""
        destination = tuple(sorted(workers)) if len(workers) <= NAMED_MAX else None
        replies = await self._inspector(Inspection(cluster, (kind,), destination, workers, self._within_s))
        return any(reply.ok for reply in replies.values())

    def _count(self, cluster: Cluster, outcome: Round) -> None:
        self._counts.setdefault(_key(cluster), Counter())[outcome] += 1

    async def _end(self) -> None:
        running = [course.running for course in self._courses.values() if course.running is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _key(cluster: Cluster) -> Key:
    return cluster.tenant.id, cluster.id


def _spread(key: Key, every_s: float) -> float:
    """Seconds by which a cluster's slots begin earlier; the same in every process."""
    return hash(key) % 10_000 / 10_000 * every_s
