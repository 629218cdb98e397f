"""Equal stretches of time over a range, at round times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meadow.query.times import shown_ms

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
STEPS_S = (
    *(1, 2, 5, 10, 15, 30),
    *(n * MINUTE_S for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR_S for n in (1, 2, 3, 6, 12)),
    *(n * DAY_S for n in (1, 2, 7, 14, 28)),
)


@dataclass(frozen=True, slots=True)
class Stretches:
    """`count` of them, of step_ms each, from start_ms on; start_ms is a multiple of step_ms."""

    start_ms: int
    step_ms: int
    count: int

    def shown(self, rows: Mapping[int, Mapping[str, int]]) -> dict[str, Any]:
        """As the API shows it. rows: by number of the stretch; one without a row has nothing in it."""
        none = {"matching": 0, "failed": 0, "lost": 0}
        points = [
            {"at": _at(self.start_ms + number * self.step_ms), **{name: rows.get(number, none)[name] for name in none}}
            for number in range(self.count)
        ]
        ends_ms = self.start_ms + self.count * self.step_ms
        return {"from": _at(self.start_ms), "to": _at(ends_ms), "step_s": self.step_ms // 1000, "points": points}


def stretches(since_ms: int, until_ms: int, wanted: int) -> Stretches:
    """About so many, and at most one more; a single one when none is wanted."""
    range_ms = max(1, until_ms - since_ms)
    least_ms = range_ms / max(1, wanted)
    step_ms = next((step_s * 1000 for step_s in STEPS_S if step_s * 1000 >= least_ms), 0)
    step_ms = step_ms or int(-(-least_ms // (DAY_S * 1000))) * DAY_S * 1000
    start_ms = since_ms - since_ms % step_ms
    return Stretches(start_ms, step_ms, max(1, -(-(until_ms - start_ms) // step_ms)))


def _at(epoch_ms: int) -> str:
    return shown_ms(epoch_ms) or "1970-01-01T00:00:00.000Z"
