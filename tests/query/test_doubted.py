"""What is usual is asked of names that may be in trouble, and of all of those."""

from __future__ import annotations

from typing import Any

import pytest

from meadow.query.problems.doubted import doubted
from meadow.query.problems.thresholds import THRESHOLDS
from tests.query.seeds import NOW_S


def recent(**over: Any) -> dict[str, Any]:
    return {"cluster_id": 1, "name": "a", "finished": 500, "failed": 0, "runs": 500, "p95_s": 0.2, **over}


def held(status: str, for_s: float) -> dict[str, Any]:
    return {"cluster_id": 1, "status": status, "called": "a", "held_by": "w", "since_ms": [(NOW_S - for_s) * 1000]}


@pytest.mark.parametrize("over", [{"failed": 5}, {"p95_s": 1.0}, {"p95_s": 1.0, "runs": 20}])
def test_what_passes_the_least_threshold_is_doubted(over: dict[str, Any]) -> None:
    assert doubted([recent(**over), recent(**over, cluster_id=2)], [], NOW_S, THRESHOLDS) == ["a"]


@pytest.mark.parametrize("over", [{}, {"failed": 4}, {"failed": 5, "finished": 501}, {"p95_s": 9.0, "runs": 19}])
def test_what_cannot_be_told_as_wrong_is_not(over: dict[str, Any]) -> None:
    assert doubted([recent(**over)], [], NOW_S, THRESHOLDS) == []


def test_what_runs_long_is_doubted() -> None:
    assert doubted([], [held("STARTED", 300)], NOW_S, THRESHOLDS) == ["a"]
    assert doubted([], [held("STARTED", 299), held("LOST", 999), held("RECEIVED", 999)], NOW_S, THRESHOLDS) == []
