"""How much of what workers counted was seen, step by step."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from meadow.core.errors import OverBudget, TooSlow
from meadow.query.desk import Taken
from meadow.query.plan import question
from meadow.query.remembered import Remembered
from meadow.query.run import Row
from meadow.query.series import UNKNOWN

SEEN = question("trends_seen")
GOOD_S = 10.0
SHARE = 0.4  # of the remaining time: the trends themselves are wanted more


@dataclass(frozen=True, slots=True)
class Captured:
    """Seen and known starts, by cluster id and step (epoch ms); a step without is not known."""

    rows: Sequence[Row]

    def by_step(self, cluster_ids: Collection[int]) -> dict[int, Mapping[str, int | None]]:
        """The sum of these clusters."""
        found: dict[int, Mapping[str, int | None]] = {}
        for row in self.rows:
            if row["cluster_id"] in cluster_ids:
                before = found.get(row["bucket"], UNKNOWN)
                found[row["bucket"]] = {name: (before[name] or 0) + int(row[name]) for name in UNKNOWN}
        return found


@dataclass(frozen=True, slots=True)
class Capture:
    """Counting what was started is dear, and every open page asks it again and again: so it is remembered for ten seconds."""

    known: Remembered[Captured] = field(default_factory=lambda: Remembered(GOOD_S))

    async def of(self, taken: Taken, since_ms: int, until_ms: int, step_ms: int) -> Captured:
        """Of the request's clusters, whatever else it asks for. Nothing is known when it could not be told in time."""
        scope = taken.asking.scope
        key = (scope.tenant_id, tuple(sorted(scope.clusters)), since_ms, round(until_ms / 1000 / GOOD_S), step_ms)
        if (known := self.known.get(key, taken.now_s)) is not None:
            return known
        try:
            rows = await taken.asking.ask(
                SEEN, {"since_ms": since_ms, "until_ms": until_ms, "step_ms": step_ms}, share=SHARE
            )
        except (TooSlow, OverBudget):
            return Captured(())
        self.known.put(key, taken.now_s, Captured(rows))
        return Captured(rows)
