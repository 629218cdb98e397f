"""Names that fail more, or run longer, than is usual for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from meadow.query.problems.problem import Link, Problem
from meadow.query.problems.seen import Rows, Seen
from meadow.query.problems.thresholds import Thresholds
from meadow.query.problems.words import lasting, many, percent, quoted

STEP_MS = 300_000  # how finely it is told since when


def failing(seen: Seen, than: Thresholds) -> Iterator[Problem]:
    """One for each name that fails too often now."""
    for row in seen.recent:
        usual = _usual_rate(seen.usual_of.get((row["cluster_id"], row["name"])), than)
        if row["failed"] >= than.failed_min and fails(_rate(row), usual, than):
            yield _failing(row, usual, seen, than)


def slow(seen: Seen, than: Thresholds) -> Iterator[Problem]:
    """One for each name whose good runs take too long now."""
    for row in seen.recent:
        usual_s = usual_p95_s(seen.usual_of.get((row["cluster_id"], row["name"])), than)
        if usual_s is not None and row["runs"] >= than.slow_runs_min and lags(row["p95_s"], usual_s, than):
            yield _slow(row, usual_s, seen)


def fails(rate: float, usual: float | None, than: Thresholds) -> bool:
    """usual: None when there is none."""
    if usual is None:
        return rate >= than.failure_alone_min
    return rate >= usual * than.failure_times_min and rate >= usual + than.failure_more_min


def lags(p95_s: float, usual_s: float, than: Thresholds) -> bool:
    return p95_s >= usual_s * than.slow_times_min and p95_s >= usual_s + than.slow_more_s_min


def usual_p95_s(row: Mapping[str, Any] | None, than: Thresholds) -> float | None:
    """Of good runs; None when there were too few."""
    return float(row["p95_s"]) if row and row["runs"] >= than.usual_runs_min else None


def explained(problem: Problem, steps: Rows, causes: Rows, first_ms: int, than: Thresholds) -> Problem:
    """The same with since when and why. steps: of its name, from first_ms on; those without tasks say nothing, so they do not
    end it. causes: of its name, the commonest first."""
    since_ms = None
    for row in sorted(steps, key=lambda one: -one["step"]):
        if not _troubled(problem, row, than):
            break
        since_ms = first_ms + row["step"] * STEP_MS
    since_s = since_ms / 1000 if since_ms is not None else None
    return replace(problem, since_s=since_s, cause=_cause(problem, causes))


def _troubled(problem: Problem, row: Mapping[str, Any], than: Thresholds) -> bool:
    if problem.kind == "failing":
        return row["failed"] > 0 and fails(_rate(row), problem.usual, than)
    return row["runs"] > 0 and problem.usual is not None and lags(row["p95_s"], problem.usual, than)


def _cause(problem: Problem, causes: Rows) -> str | None:
    if problem.kind != "failing" or not causes or not causes[0]["exception_type"]:
        return None
    all_failed = sum(row["failed"] for row in causes)
    first = causes[0]
    if first["failed"] == all_failed:
        return f"All with {first['exception_type']}."
    return f"{first['exception_type']} in {first['failed']} of {many(all_failed, 'failure')}."


def _failing(row: Mapping[str, Any], usual: float | None, seen: Seen, than: Thresholds) -> Problem:
    rate = _rate(row)
    usually = f"usually {percent(usual)}" if usual is not None else "and was too rare before to have a usual rate"
    return Problem(
        kind="failing",
        critical=rate >= than.failure_critical,
        cluster=seen.slugs[row["cluster_id"]],
        subject=row["name"],
        text=f"{row['name']} fails {percent(rate)} of the time, {usually}.",
        value=rate,
        usual=usual,
        unit="share",
        count=row["failed"],
        link=_link(row, seen, "state:FAILURE"),
        weight=row["failed"],
    )


def _slow(row: Mapping[str, Any], usual_s: float, seen: Seen) -> Problem:
    p95_s = float(row["p95_s"])
    return Problem(
        kind="slow",
        critical=False,
        cluster=seen.slugs[row["cluster_id"]],
        subject=row["name"],
        text=f"{row['name']} takes {lasting(p95_s)} at its 95th percentile, usually {lasting(usual_s)}.",
        value=p95_s,
        usual=usual_s,
        unit="s",
        count=row["runs"],
        link=_link(row, seen, f"state:SUCCESS runtime:>{max(1, round(usual_s * 1000))}ms"),
        weight=p95_s / usual_s if usual_s else p95_s,
    )


def _link(row: Mapping[str, Any], seen: Seen, more: str) -> Link:
    q = f"name:{quoted(row['name'])} {more}"
    return Link(page="tasks", params={"cluster": seen.slugs[row["cluster_id"]], "q": q, "from": "now-1h"})


def _usual_rate(row: Mapping[str, Any] | None, than: Thresholds) -> float | None:
    return _rate(row) if row and row["finished"] >= than.usual_runs_min else None


def _rate(row: Mapping[str, Any]) -> float:
    return row["failed"] / row["finished"] if row["finished"] else 0.0
