"""Under which keys this process sent a command lately: it never forgets one early, however many there are."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict

from meadow.control.once import Key, another_body
from meadow.core.errors import OnItsWay, OverBudget


class Sent:
    """Small, so that many fit: which order, and not what became of it. That is in the store, or will be.

    each_max  keys of one tenant, all_max of all; a new one beyond them is refused until an older one is kept_s old.
    kept_s    until the store surely has what was sent.
    """

    def __init__(self, each_max: int, all_max: int, kept_s: float) -> None:
        self._each_max, self._all_max, self._kept_s = each_max, all_max, kept_s
        self._keys: OrderedDict[Key, tuple[float, str]] = OrderedDict()  # since when, body; the oldest first
        self._of_tenant: Counter[int] = Counter()

    def has(self, key: Key, body: str) -> bool:
        """Whether it was sent, or is being sent. Raises Conflict when that had another body."""
        self._expire()
        if key not in self._keys:
            return False
        if self._keys[key][1] != body:
            raise another_body()
        return True

    def add(self, key: Key, body: str) -> None:
        """Before it is sent. Raises OverBudget: then it must not be."""
        self._expire()
        if self._of_tenant[key[0]] >= self._each_max or len(self._keys) >= self._all_max:
            raise OverBudget(
                f"Too many commands with an Idempotency-Key: each is remembered for {self._kept_s:.0f} s, so that none is sent"
                " twice, and there is room for no more. Nothing was sent. Send fewer, or without a key.",
                retry_after_s=self._next_room_s(key[0]),
            )
        self._keys[key] = (time.monotonic(), body)
        self._of_tenant[key[0]] += 1

    def forget(self, key: Key) -> None:
        """After nothing was sent."""
        if self._keys.pop(key, None) is not None:
            self._of_tenant[key[0]] -= 1

    def _expire(self) -> None:
        before_s = time.monotonic() - self._kept_s
        while self._keys and next(iter(self._keys.values()))[0] <= before_s:
            (tenant_id, _), _ = self._keys.popitem(last=False)
            self._of_tenant[tenant_id] -= 1

    def _next_room_s(self, tenant_id: int) -> float:
        full = self._of_tenant[tenant_id] >= self._each_max
        oldest_s = next(at_s for key, (at_s, _) in self._keys.items() if not full or key[0] == tenant_id)
        return max(1.0, oldest_s + self._kept_s - time.monotonic())


def sent_already() -> OnItsWay:
    """For a repeat whose outcome this process has forgotten and the store does not show yet."""
    return OnItsWay(
        "It was sent under this Idempotency-Key, and the store does not show its outcome yet: nothing was sent again. Ask again"
        " with the same key in a moment.",
        field="Idempotency-Key",
        retry_after_s=2,
    )
