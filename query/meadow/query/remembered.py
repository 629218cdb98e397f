"""Answers kept for a moment, where many viewers ask the same and a little age does not matter."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Remembered(Generic[T]):
    """Keeps each for good_s seconds, and at most most of them: the oldest goes first."""

    good_s: float
    most: int = 1_000
    _kept: OrderedDict[Hashable, tuple[float, T]] = field(default_factory=OrderedDict)

    def get(self, key: Hashable, now_s: float) -> T | None:
        kept = self._kept.get(key)
        return kept[1] if kept and 0 <= now_s - kept[0] < self.good_s else None

    def put(self, key: Hashable, now_s: float, value: T) -> None:
        self._kept[key] = (now_s, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self.most:
            self._kept.popitem(last=False)
