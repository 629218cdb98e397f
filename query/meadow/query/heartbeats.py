"""A worker over time, from what its heartbeats counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from meadow.query.times import shown_ms

Row = Mapping[str, Any]


@dataclass(slots=True)
class Step:
    """Of a process, active and load1 are the most that were said; several processes of one step followed one another."""

    active: int = 0
    processed: int = 0
    load1: float = 0.0

    def add(self, row: Row, before: int | None) -> None:
        """before: how many its process had counted by the step before; None when nothing was heard of it then."""
        counted: int = row["processed_last"]
        begins = row["processed_first"] if before is None else before
        self.active = max(self.active, row["active"])
        self.load1 = max(self.load1, row["load1"])
        self.processed += max(0, counted - begins)


@dataclass(slots=True)
class Heartbeats:
    """rows: of `worker_history.sql`, in its order; step_ms: their step."""

    rows: Iterable[Row]
    step_ms: int
    _steps: defaultdict[int, Step] = field(default_factory=lambda: defaultdict(Step))

    def __post_init__(self) -> None:
        counted: dict[int, int] = {}
        for row in self.rows:
            pid = row["pid"]
            again = counted.get(pid)
            known = (
                again if again is not None and again <= row["processed_last"] else None
            )  # else the pid is another's now
            self._steps[row["step"]].add(row, known)
            counted[pid] = row["processed_last"]

    def points(self, since_ms: int, until_ms: int) -> list[dict[str, Any]]:
        """One a step, from since_ms up to and without until_ms; None where nothing was heard."""
        return [self._point(at_ms) for at_ms in range(since_ms, until_ms, self.step_ms)]

    def _point(self, at_ms: int) -> dict[str, Any]:
        step = self._steps.get(at_ms)
        return {
            "at": shown_ms(at_ms) or "1970-01-01T00:00:00.000Z",
            "active": step.active if step else None,
            "processed": step.processed if step else None,
            "load1": round(step.load1, 2) if step else None,
            "heard": step is not None,
        }
