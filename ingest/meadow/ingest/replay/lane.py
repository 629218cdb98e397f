"""A replay's own lane: how fast it goes, how far it has come, what it found, and where to go on after it was stopped."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from meadow.core.errors import BadSettings
from meadow.core.store import Limits
from meadow.ingest.counts import DeadReason
from meadow.ingest.pipeline import PipelineSettings

LIMITS = Limits(deadline_s=600, rows_read_max=10**13, rows_answered_max=10**7, memory_bytes_max=1_000_000_000)


@dataclass(frozen=True, slots=True)
class Reach:
    """What is replayed. since_s, until_s: epoch seconds, until_s excluded. tenant: 0 is every one. clusters: none is every
    one of the tenant."""

    since_s: float
    until_s: float
    tenant: int = 0
    clusters: frozenset[int] = frozenset()

    def holds(self, tenant: int, cluster: int) -> bool:
        """Whether rows of this cluster are replayed."""
        return self.tenant in (0, tenant) and (not self.clusters or cluster in self.clusters)

    def bound(self) -> dict[str, object]:
        """As the questions take it."""
        times = {"since_us": int(self.since_s * 1e6), "until_us": int(self.until_s * 1e6)}
        return {**times, "tenant": self.tenant, "clusters": sorted(self.clusters)}


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """rows_per_s   on average, read from the store or the log.
    page_rows     read at once.
    tasks_max     compared together, at most; about 1 kB each and their texts.
    aside_max     of them put aside at once: while the writers join them, new rows of theirs wait.
    names_s       so long before and after the reach names of tasks are restored: a task may begin before what is said of it.
    settle_s      records of the log younger than this are left to the writer, which has them in its hands.
    patience_s    for writers to join something of what was put aside for them; after that the replay ends and says so.
    shard         (n, of): records of the log in partitions of other shards are another replay's.
    pipeline      what dead letters go through once they are understood.
    reasons       only dead letters with one of these; none is every one.
    """

    rows_per_s: float = 5_000.0
    page_rows: int = 4_000
    tasks_max: int = 5_000
    aside_max: int = 1_000
    names_s: float = 86_400.0
    settle_s: float = 60.0
    patience_s: float = 120.0
    shard: tuple[int, int] = (0, 1)
    pipeline: PipelineSettings = field(default_factory=PipelineSettings)
    reasons: frozenset[DeadReason] = frozenset()

    def __post_init__(self) -> None:
        for name in ("rows_per_s", "page_rows", "tasks_max", "aside_max", "patience_s"):
            if getattr(self, name) <= 0:
                raise BadSettings(f"The replay's {name} is {getattr(self, name)}; it must be above 0.")


@dataclass(slots=True)
class Report:
    """Filled as the replay goes, and right at any moment.

    total      rows to be read, as counted at the start; records of the log.
    done       of them.
    counts     what was found and done, by name; a second run has only what was read.
    resume_s   everything before is done: `--from` of the next run. None once all is.
    """

    total: int = 0
    done: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    resume_s: float | None = None


@dataclass(slots=True)
class Lane:
    """Every part of a replay tells it what it took, and waits in it. progress: told after each step."""

    settings: ReplaySettings
    report: Report
    progress: Callable[[Report], None] = lambda _: None
    _due_s: float = 0.0

    def found(self, name: str, count: int) -> None:
        """Counts what was found or done."""
        if count:
            self.report.counts[name] += count

    def reached(self, rows: int) -> None:
        """So much of the total is done, whatever was counted: rows that are one were perhaps read once, and new ones came."""
        self.report.done = rows
        self.progress(self.report)

    async def took(self, rows: int, done: int | None = None) -> None:
        """Rows that were read; done: how many of the total that is, where it is counted otherwise. Returns when the next may
        be read."""
        self.report.done += rows if done is None else done
        self.progress(self.report)
        now_s = time.monotonic()
        self._due_s = max(self._due_s, now_s) + rows / self.settings.rows_per_s
        await asyncio.sleep(self._due_s - now_s)
