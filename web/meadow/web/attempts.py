"""How often one address may try to sign in and fail, so that guessing is slow and one guesser locks nobody else out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from meadow.core.errors import OverBudget

FAILURES_MAX = 20
WITHIN_S = 60.0
ADDRESSES_MAX = 10_000  # the one that failed longest ago is forgotten first


class Attempts:
    """Counts failures by address, in this process. Successes cost nothing.

    now_s  seconds of a clock that never goes back.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()  # address -> how many, since when

    def must(self, address: str) -> None:
        """Raises OverBudget when this address has failed too often of late."""
        failures, since = self._failures.get(address, (0, 0.0))
        left_s = since + WITHIN_S - self._now_s()
        if failures >= FAILURES_MAX and left_s > 0:
            raise OverBudget("Too many sign-ins failed from your address.", retry_after_s=left_s)

    def failed(self, address: str) -> None:
        """Counts one."""
        failures, since = self._failures.pop(address, (0, self._now_s()))
        if self._now_s() - since > WITHIN_S:
            failures, since = 0, self._now_s()
        self._failures[address] = (failures + 1, since)
        if len(self._failures) > ADDRESSES_MAX:
            self._failures.popitem(last=False)
