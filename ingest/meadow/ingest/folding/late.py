"""Bounds what one tenant's late events of old tasks may cost: each needs a look-up, about 1 ms of the store's time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class LookUps:
    """What one tenant may still look up: `per_s` on average, `burst` at once. now_s: monotonic.

    Who asks for more gets what is left; the tasks beyond are kept in `late_tasks`, from where the audit joins them later.
    """

    per_s: float
    burst: float
    now_s: Callable[[], float]
    _left: dict[int, tuple[float, float]] = field(default_factory=dict)  # tenant -> look-ups, as of

    def take(self, tenant: int, wanted: int) -> int:
        """How many of them may be looked up now; they are spent. 0 to wanted."""
        now_s = self.now_s()
        left, as_of_s = self._left.get(tenant, (self.burst, now_s))
        left = min(self.burst, left + (now_s - as_of_s) * self.per_s)
        granted = min(wanted, int(left))
        self._left[tenant] = (left - granted, now_s)
        return granted
