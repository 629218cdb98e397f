"""Keeps a few of a worker's heartbeats: they come every two seconds and mostly say the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from meadow.core.events import WorkerRow
from meadow.ingest.counts import Counts, DropReason
from meadow.ingest.messages.decode_worker import HEARTBEAT
from meadow.ingest.messages.decoded import Decoded

WORKERS_REMEMBERED = 20_000

Key = tuple[str, int, bool]


@dataclass(slots=True)
class Thin:
    """Keeps at most one heartbeat per worker process and `every_s` of its own time.

    In     worker rows of one cluster.
    Out    every worker-online and worker-offline, the first heartbeat of each process, and then the first that is `every_s`
           or more away from the one kept before. The rest are counted and gone.
    Apart  heartbeats without counters (Celery 5.7 `control heartbeat`) do not use up the turn of those with them.
    Clock  a worker's clock that jumps, either way, never silences it.
    Never  remembers more than WORKERS_REMEMBERED processes: of those forgotten a heartbeat too many is kept.
    """

    every_s: float  # 0 keeps all
    counts: Counts
    _kept_at: dict[Key, float] = field(init=False, default_factory=dict)

    def __call__(self, batch: Decoded) -> Decoded:
        """Replaces the batch's worker rows."""
        before = len(batch.workers)
        if before:
            batch.workers = [row for row in batch.workers if row["type"] != HEARTBEAT or self._due(row)]
        if dropped := before - len(batch.workers):
            self.counts.drops[DropReason.THINNED] += dropped
        return batch

    def _due(self, row: WorkerRow) -> bool:
        key = row["hostname"], row.get("pid", 0), "processed" in row
        kept_at = self._kept_at.get(key)
        if kept_at is not None and abs(row["at"] - kept_at) < self.every_s:
            return False
        self._kept_at.pop(key, None)  # so that it becomes the newest in the dict's order
        self._kept_at[key] = row["at"]
        if len(self._kept_at) > WORKERS_REMEMBERED:
            del self._kept_at[next(iter(self._kept_at))]
        return True
