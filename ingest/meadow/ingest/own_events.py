"""What a collector itself says on the log: that it is there, what it counted, and what its source may have lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from meadow.core.events import COLLECTOR, GAP, EventRow
from meadow.core.own_events import OwnRows
from meadow.core.scope import Cluster
from meadow.ingest.counts import Counts
from meadow.ingest.source import Gap, SourceState


class OwnEvents:
    """node, now_s: see OwnRows.

    id  new with each start: counts are totals since then, and a reader adds up those of all collectors.
    """

    def __init__(self, cluster: Cluster, node: str, now_s: Callable[[], float]) -> None:
        self.id = f"{node}/{uuid.uuid4().hex[:12]}"
        self._of = cluster.tenant.id, cluster.id
        self._rows = OwnRows(node, now_s)

    def report(self, counts: Counts, state: SourceState) -> EventRow:
        """A `meadow-collector` event."""
        fields = {
            "collector": self.id,
            "counts": counts.as_fields(),
            "connected": state.connected,
            "problem": state.problem,
            "since": state.since,
        }
        return self._rows.row(COLLECTOR, self._of, fields)

    def gap(self, gap: Gap) -> EventRow:
        """A `meadow-gap` event, at the gap's end."""
        fields = {"since": gap.since, "until": gap.until, "reason": gap.reason}
        return self._rows.row(GAP, self._of, fields, at=gap.until)
