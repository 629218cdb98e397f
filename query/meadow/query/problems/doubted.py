"""Of which names it must be known what is usual: nothing is told of the others, whatever their week was like."""

from __future__ import annotations

from collections.abc import Iterator

from meadow.query.problems.seen import Rows
from meadow.query.problems.thresholds import Thresholds


def doubted(recent: Rows, held: Rows, now_s: float, than: Thresholds) -> list[str]:
    """Names that may be failing, slow or stuck. recent, held: rows as `Seen` has them. Sorted, each once.

    What is usual is never less than nothing, so what does not even pass a threshold above nothing cannot be told as wrong.
    """
    return sorted({*_unwell(recent, than), *_long(held, now_s, than)})


def _unwell(recent: Rows, than: Thresholds) -> Iterator[str]:
    for row in recent:
        fails = row["failed"] >= than.failed_min and row["failed"] / row["finished"] >= than.failure_more_min
        lags = row["runs"] >= than.slow_runs_min and row["p95_s"] >= than.slow_more_s_min
        if fails or lags:
            yield row["name"]


def _long(held: Rows, now_s: float, than: Thresholds) -> Iterator[str]:
    limit_ms = (now_s - than.stuck_s_min) * 1000
    for row in held:
        if row["status"] == "STARTED" and any(0 < ms <= limit_ms for ms in row["since_ms"]):
            yield row["called"]
