"""Every way an event can be left out, and how often it happened: a closed set, counted by tenant and cluster."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class DropReason(StrEnum):
    """Left out on purpose: counted, shown in `/clusters`, not kept."""

    THINNED = "thinned"  # a heartbeat that says nothing new; the newest within the interval is kept
    OVER_RATE = "over_rate"  # beyond the cluster's share of its tenant's rate
    TOO_OLD = "too_old"  # a late event of a task too many at once, see the writer's bound


class DeadReason(StrEnum):
    """Could not be understood or stored: kept as a dead letter with this reason."""

    CONTENT_TYPE = "content_type"  # a serializer Meadow does not read
    ENCODING = "encoding"  # not UTF-8, or a compression that does not unpack
    MALFORMED = "malformed"  # not JSON, or a pickle that does not load
    FORBIDDEN_PICKLE = "forbidden_pickle"  # a pickle that asks for a class
    NOT_AN_EVENT = "not_an_event"  # no object, no type, no hostname, or no usable timestamp
    RESERVED_TYPE = "reserved_type"  # a type only Meadow itself may append
    TOO_DEEP = "too_deep"  # nested beyond what is read
    TOO_LARGE = "too_large"  # a body beyond what is read
    STORE_REFUSED = "store_refused"  # the store will never take it


@dataclass(slots=True)
class Counts:
    """Running totals of one cluster since this collector started. `received` counts events taken from the broker, before
    any was dropped. Appended to the log every few seconds as a `meadow-collector` event, so readers in any process see it."""

    received: int = 0
    gaps: int = 0
    drops: Counter[DropReason] = field(default_factory=Counter)
    dead: Counter[DeadReason] = field(default_factory=Counter)

    def as_fields(self) -> dict[str, int]:
        """Flat and JSON-ready: `received`, `gaps`, `drop:{reason}`, `dead:{reason}`."""
        drops = {f"drop:{reason}": n for reason, n in self.drops.items()}
        dead = {f"dead:{reason}": n for reason, n in self.dead.items()}
        return {"received": self.received, "gaps": self.gaps, **drops, **dead}
