"""One event on its way to those who watch: parsed once, filtered for each, shown once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from meadow.core.blocks import Block
from meadow.core.events import IDENTITY
from meadow.query.shapes import event_item

STATES = {
    "task-sent": "PENDING",
    "task-received": "RECEIVED",
    "task-started": "STARTED",
    "task-retried": "RETRY",
    "task-rejected": "REJECTED",
    "task-revoked": "REVOKED",
    "task-failed": "FAILURE",
    "task-succeeded": "SUCCESS",
    "meadow-lost": "LOST",
}
NAMES_MAX = 50_000  # twice that many are held


@dataclass(slots=True)
class Names:
    """Remembers what tasks are called, because only sent and received say so: the latest 50 000 to 100 000 of them."""

    _young: dict[tuple[int, int, str], str] = field(default_factory=dict)
    _old: dict[tuple[int, int, str], str] = field(default_factory=dict)

    def of(self, row: Mapping[str, Any]) -> str:
        """The name a row says, or one said before of the same task; "" when unknown."""
        task_id, name = row.get("task_id", ""), row.get("name", "")
        if not task_id:
            return ""
        key = (row["tenant_id"], row["cluster_id"], task_id)
        if not name:
            return self._young.get(key) or self._old.get(key, "")
        if len(self._young) >= NAMES_MAX:
            self._old, self._young = self._young, {}
        self._young[key] = name
        return str(name)


@dataclass(slots=True)
class Happening:
    """One row of `events` off the log. name: the task's, "" when unknown."""

    row: Mapping[str, Any]
    name: str
    _shown: dict[bool, bytes] = field(default_factory=dict)
    _identity: int | None = None

    @property
    def state(self) -> str:
        """What the event makes of its task: Celery's state, a custom one from `task-{name}`, or ""."""
        kind: str = self.row["type"]
        known = STATES.get(kind)
        return known if known is not None else kind[5:].upper() if kind.startswith("task-") else ""

    @property
    def identity(self) -> int:
        """Equal for an event that comes twice, as its event id is; of this process only. Made once for all who watch: 6 µs."""
        if self._identity is None:
            self._identity = hash(tuple(str(self.row.get(name)) for name in IDENTITY))
        return self._identity

    def shown(self, cluster: str, *, payload: bool) -> bytes:
        """JSON as the API shows it; made once for all who may see the same."""
        made = self._shown.get(payload)
        if made is None:
            made = self._shown[payload] = orjson.dumps(event_item(self.row, cluster, self.name, payload=payload))
        return made


@dataclass(frozen=True, slots=True)
class Filter:
    """What a viewer wants; an empty set wants all. cluster_ids is never all: it is what the viewer may see."""

    tenant_id: int
    cluster_ids: frozenset[int]
    types: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    workers: frozenset[str] = frozenset()
    task_ids: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()

    def may_see(self, block: Block) -> bool:
        """Whether a block is of the viewer's tenant and clusters."""
        return block.tenant_id == self.tenant_id and block.cluster_id in self.cluster_ids

    def takes(self, one: Happening) -> bool:
        """Whether an event of a block it may see is wanted."""
        row = one.row
        return (
            (not self.types or row["type"] in self.types)
            and (not self.names or one.name in self.names)
            and (not self.workers or row.get("hostname", "") in self.workers)
            and (not self.task_ids or row.get("task_id", "") in self.task_ids)
            and (not self.states or one.state in self.states)
        )


def happenings(block: Block, names: Names) -> list[Happening]:
    """The events of a block, in its order. A line that is no row of this block's tenant and cluster is left out."""
    found = []
    for line in block.rows.splitlines():
        row = _row(line)
        if row and (row.get("tenant_id"), row.get("cluster_id")) == (block.tenant_id, block.cluster_id):
            found.append(Happening(row, names.of(row)))
    return found


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    good = isinstance(row, dict) and isinstance(row.get("type"), str) and isinstance(row.get("at"), int | float)
    return row if good and isinstance(row.get("received_at"), int | float) else None
