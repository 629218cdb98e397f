"""Keeps one cluster's flood from delaying every other cluster's events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from meadow.core.errors import BadSettings
from meadow.ingest.counts import Counts, DropReason
from meadow.ingest.messages.decoded import Decoded


@dataclass(slots=True)
class Admit:
    """Admits at most `events_per_s`, with a burst of one second's worth.

    In     events of one cluster, in the broker's order.
    Out    the admitted ones, in the same order. The rest are counted and gone.
    Never  waits, holds an event back, or raises once built.
    Free   worker rows are always admitted and cost nothing: without a heartbeat a live worker would be shown as silent,
           which misleads more than one missing task event. Dead letters are admitted too.
    """

    events_per_s: float | None  # this cluster's share of its tenant's limit, at least 1; None: no limit
    now_s: Callable[[], float]  # any clock; one that goes backwards earns nothing
    counts: Counts
    _tokens: float = field(init=False)
    _filled_at_s: float = field(init=False)

    def __post_init__(self) -> None:
        if self.events_per_s is not None and not self.events_per_s >= 1:
            raise BadSettings(f"{self.events_per_s} events a second were set as a limit; it can be 1 or more.")
        self._tokens, self._filled_at_s = self.events_per_s or 0.0, self.now_s()

    def __call__(self, batch: Decoded) -> Decoded:
        """Shortens the batch's events."""
        if self.events_per_s is None:
            return batch
        self._refill(self.events_per_s)
        kept = min(len(batch.events), int(self._tokens))
        self._tokens -= kept
        if refused := len(batch.events) - kept:
            self.counts.drops[DropReason.OVER_RATE] += refused
            del batch.events[kept:]
        return batch

    def _refill(self, events_per_s: float) -> None:
        now_s = self.now_s()
        earned = max(0.0, now_s - self._filled_at_s) * events_per_s
        self._tokens = min(events_per_s, self._tokens + earned)
        self._filled_at_s = now_s
