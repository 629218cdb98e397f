"""What happens to a batch between a cluster and the log. The order is the design."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from meadow.ingest.counts import Counts
from meadow.ingest.messages.decoded import Decoded
from meadow.ingest.stages.admit import Admit
from meadow.ingest.stages.redact import Redact, RedactSettings
from meadow.ingest.stages.thin import Thin
from meadow.ingest.stages.trim import Trim, TrimSettings

Stage = Callable[[Decoded], Decoded]


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """events_per_s      the cluster's share of its tenant's rate; None: no limit.
    heartbeat_every_s  one heartbeat per worker process is kept in this time; 0 keeps all.
    """

    events_per_s: float | None = None
    heartbeat_every_s: float = 5.0
    redact: RedactSettings = field(default_factory=RedactSettings)
    trim: TrimSettings = field(default_factory=TrimSettings)


def stages(settings: PipelineSettings, counts: Counts, now_s: Callable[[], float]) -> list[Stage]:
    """The stages of one cluster, with their state. Raises BadSettings."""
    return [
        Thin(settings.heartbeat_every_s, counts),  # first: what is left out should cost nothing more
        Admit(settings.events_per_s, now_s, counts),  # before Redact: a flood must not buy the dearest stage
        Redact(settings.redact),  # before Trim: a cut must not leave half a secret
        Trim(settings.trim),  # last: from here on every row is small enough for a block
    ]


def through(stages: list[Stage], batch: Decoded) -> Decoded:
    """The batch after every stage, in their order."""
    for stage in stages:
        batch = stage(batch)
    return batch
