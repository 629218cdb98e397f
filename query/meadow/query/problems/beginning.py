"""Since when a cluster is heard only in part, or not at all: told from steps of the hours before."""

from __future__ import annotations

from collections.abc import Mapping

from meadow.query.problems.problem import Kind
from meadow.query.problems.thresholds import Thresholds

STEP_MS = 300_000
HOUR_STEPS = 13  # one more than fill an hour: the newest is not over
Steps = Mapping[int, tuple[int, int]]  # epoch ms a step begins at -> starts that were seen, starts that are known


def began_ms(kind: Kind, steps: Steps, newest_ms: int, first_ms: int, than: Thresholds) -> int | None:
    """The first step that lacked starts, of the hours up to now that each lacked some. None when those reach back to
    first_ms, before which nothing was read; or when no step tells what the hour as a whole does.

    kind: incomplete or no_events, which is told now. newest_ms, first_ms: where the newest and the eldest step begin.
    """
    hour: list[int] = []
    for last_ms in range(newest_ms, first_ms + (HOUR_STEPS - 1) * STEP_MS - 1, -STEP_MS):
        before = hour
        hour = [last_ms - number * STEP_MS for number in range(HOUR_STEPS)]
        if before and not lacks(kind, *_together(hour, steps), than.missing_min, than):
            return min((at_ms for at_ms in before if lacks(kind, *steps.get(at_ms, (0, 0)), 1, than)), default=None)
    return None


def lacks(kind: Kind, seen: int, known: int, missing_min: int, than: Thresholds) -> bool:
    """Whether of the starts that are known too many were not seen. no_events: whether none was seen."""
    if known - seen < missing_min:
        return False
    return seen < known * than.complete_min if kind == "incomplete" else not seen


def _together(hour: list[int], steps: Steps) -> tuple[int, int]:
    found = [steps[at_ms] for at_ms in hour if at_ms in steps]
    return sum(seen for seen, _ in found), sum(known for _, known in found)
