"""Since when starts are missing: asked of those clusters only of which too many are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from meadow.core.errors import OverBudget, TooSlow
from meadow.query.captured import SEEN
from meadow.query.desk import Taken
from meadow.query.problems.beginning import HOUR_STEPS, STEP_MS, Steps, began_ms
from meadow.query.problems.problem import Problem
from meadow.query.problems.thresholds import THRESHOLDS
from meadow.query.remembered import Remembered

KINDS = ("incomplete", "no_events")
LOOK_STEPS = THRESHOLDS.missing_look_s * 1000 // STEP_MS + HOUR_STEPS
GOOD_S = 60.0
SHARE = 0.3  # of the remaining time: that it is so is wanted more than since when
StepsOf = dict[int, dict[int, tuple[int, int]]]  # by a cluster's id


@dataclass(frozen=True, slots=True)
class Shortfalls:
    """To count starts over hours is dear, and where they began to be missed does not move: so it is remembered for a minute,
    and so is that it could not be told in time."""

    known: Remembered[StepsOf] = field(default_factory=lambda: Remembered(GOOD_S))

    async def dated(self, taken: Taken, problems: Sequence[Problem]) -> list[Problem]:
        """The same, with since when starts are missing where that can be told."""
        short = {one.cluster for one in problems if one.kind in KINDS}
        ids = {slug: number for number, slug in taken.asking.scope.clusters.items() if slug in short}
        if not ids:
            return list(problems)
        newest_ms = int(taken.now_s * 1000) // STEP_MS * STEP_MS
        steps = await self._steps(taken, sorted(ids.values()), newest_ms)
        return [
            _dated(one, steps.get(ids[one.cluster], {}), newest_ms) if one.kind in KINDS else one for one in problems
        ]

    async def _steps(self, taken: Taken, ids: Sequence[int], newest_ms: int) -> StepsOf:
        key = (taken.asking.scope.tenant_id, tuple(ids))
        known = self.known.get(key, taken.now_s)
        if known is None:
            known = await _read(taken, ids, newest_ms)
            self.known.put(key, taken.now_s, known)
        return known


async def _read(taken: Taken, ids: Sequence[int], newest_ms: int) -> StepsOf:
    values = {"since_ms": _first_ms(newest_ms), "until_ms": int(taken.now_s * 1000), "step_ms": STEP_MS}
    found: StepsOf = {}
    try:
        for row in await taken.asking.narrowed(*ids).ask(SEEN, values, share=SHARE):
            found.setdefault(row["cluster_id"], {})[row["bucket"]] = int(row["seen"]), int(row["known"])
    except (TooSlow, OverBudget):
        return {}
    return found


def _dated(problem: Problem, steps: Steps, newest_ms: int) -> Problem:
    found_ms = began_ms(problem.kind, steps, newest_ms, _first_ms(newest_ms), THRESHOLDS)
    return replace(problem, since_s=found_ms / 1000 if found_ms is not None else None)


def _first_ms(newest_ms: int) -> int:
    return newest_ms - (LOOK_STEPS - 1) * STEP_MS
