"""What a collector itself says on the log: that it is there, what it counted, and what its source may have lost."""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from meadow.core.events import COLLECTOR, GAP, EventRow
from meadow.core.scope import Cluster
from meadow.ingest.counts import Counts
from meadow.ingest.messages.clocks import microseconds
from meadow.ingest.source import Gap, SourceState


@dataclass(slots=True)
class OwnEvents:
    """node: the name of this Meadow process, shown as the events' hostname.

    id  new with each start: counts are totals since then, and a reader adds up those of all collectors.
    """

    cluster: Cluster
    node: str
    now_s: Callable[[], float]  # epoch seconds
    id: str = field(init=False)
    _clock: itertools.count[int] = field(init=False, default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.id = f"{self.node}/{uuid.uuid4().hex[:12]}"

    def report(self, counts: Counts, state: SourceState) -> EventRow:
        """A `meadow-collector` event."""
        fields = {
            "collector": self.id,
            "counts": counts.as_fields(),
            "connected": state.connected,
            "problem": state.problem,
            "since": state.since,
        }
        return self._row(COLLECTOR, self.now_s(), fields)

    def gap(self, gap: Gap) -> EventRow:
        """A `meadow-gap` event, at the gap's end."""
        return self._row(GAP, gap.until, {"since": gap.since, "until": gap.until, "reason": gap.reason})

    def _row(self, kind: str, at: float, fields: dict[str, Any]) -> EventRow:
        return {
            "tenant_id": self.cluster.tenant.id,
            "cluster_id": self.cluster.id,
            "task_id": "",
            "type": kind,
            "at": microseconds(at),
            "received_at": microseconds(self.now_s()),
            "hostname": self.node,
            "pid": os.getpid(),
            "clock": next(self._clock),
            "fields": orjson.dumps(fields).decode(),
        }
