"""Rows of the trends question as a line without holes: every step has a point, zero where nothing finished."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meadow.query.times import shown_ms

Row = Mapping[str, Any]
OTHER = "(other)"
UNKNOWN: Mapping[str, int | None] = {"seen": None, "known": None}
NOTHING: Row = {
    **dict.fromkeys(("finished", "succeeded", "failed", "revoked", "retried", "runs", "waits"), 0),
    "runtimes": (),
    "queue_waits": (),
}


@dataclass(frozen=True, slots=True)
class Series:
    """One line. rows: those of its buckets that are not empty; `bucket` in epoch ms, a multiple of step_ms. total: its whole
    range in one; None when nothing finished."""

    key: str
    rows: Sequence[Row]
    total: Row | None
    since_ms: int
    until_ms: int
    step_ms: int

    def totals(self) -> dict[str, Any]:
        """The whole range in one."""
        return total_of(self.total, (self.until_ms - self.since_ms) / 1000)

    @property
    def count(self) -> int:
        return sum(row["finished"] for row in self.rows)

    def points(self, captured: Mapping[int, Mapping[str, int | None]]) -> list[dict[str, Any]]:
        """One a step, from since_ms up to and without until_ms. captured: what was seen of what is known, by step."""
        found = {row["bucket"]: row for row in self.rows}
        steps = range(self.since_ms, self.until_ms, self.step_ms)
        return [
            {
                "at": shown_ms(at_ms) or "1970-01-01T00:00:00.000Z",
                **_counts(found.get(at_ms, NOTHING)),
                **captured.get(at_ms, UNKNOWN),
            }
            for at_ms in steps
        ]


def total_of(row: Row | None, over_s: float) -> dict[str, Any]:
    """The whole range in one. spent_s: run times of the succeeded tasks together; null when none is known."""
    counts = _counts(row or NOTHING)
    spent_s = round(row["spent"], 3) if row and row["runs"] else None
    return {**counts, "per_s": round(counts["count"] / over_s, 6), "spent_s": spent_s}


def _counts(row: Row) -> dict[str, Any]:
    count = row["finished"]
    return {
        "count": count,
        **{name: row[name] for name in ("succeeded", "failed", "revoked", "retried")},
        "failure_rate": round(row["failed"] / count, 6) if count else None,
        "runtime_s": _percentiles(row["runtimes"], row["runs"]),
        "queue_wait_s": _percentiles(row["queue_waits"], row["waits"]),
    }


def _percentiles(values: Sequence[float], count: int) -> dict[str, float | None]:
    known = [round(value, 6) if count and math.isfinite(value) else None for value in values] or [None] * 3
    return dict(zip(("p50", "p95", "p99"), known, strict=True))
