"""Makes any value that a decoder gave ready for JSON, within bounds of depth and size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from meadow.ingest.counts import DeadReason
from meadow.ingest.messages.decoded import Undecodable, cleaned
from meadow.ingest.messages.pickled_objects import shown

BUDGET = 40 * 1024 * 1024  # more than any body has
VALUE_COST = 128  # what bounds the time: three hundred thousand values take half a second
DEPTH_MAX = 250  # orjson 3.13 writes 254 levels


@dataclass(slots=True)
class Readiness:
    """Copies values until its budget is spent; then raises Undecodable TOO_LARGE, or TOO_DEEP beyond 250 levels.

    budget    characters that may still be copied; a value of any kind costs VALUE_COST of them. A structure that refers to
              one part many times pays each time.
    changed   set when a value could not be kept as it was: NaN and infinities become null, integers beyond 64 bit become
              text, lone surrogates U+FFFD, bytes text, keys that are not text their text.
    """

    budget: int = BUDGET
    changed: bool = False

    def __call__(self, value: Any, depth: int = 0) -> Any:
        self._spend(VALUE_COST)
        kind = type(value)
        if kind is str:
            return self._text(value)
        if kind is dict or kind is list:
            if depth >= DEPTH_MAX:
                raise Undecodable(DeadReason.TOO_DEEP, f"The body is nested deeper than {DEPTH_MAX} levels.")
            if kind is list:
                return [self(item, depth + 1) for item in value]
            return {self.key(key): self(item, depth + 1) for key, item in value.items()}
        return value if value is None or kind is bool else self._scalar(value)

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, float) and math.isfinite(value):
            return value
        if isinstance(value, int) and -(1 << 63) <= value < 1 << 64:
            return value
        self.changed = True
        if isinstance(value, int):
            return _written(value)
        if isinstance(value, bytes | bytearray):
            return self._text(value.decode("utf-8", "replace"))
        return self._text(str(value)) if isinstance(value, str) else shown(value)

    def key(self, key: Any) -> str:
        """The text of a key; JSON has no other."""
        if type(key) is not str:
            self.changed = True
            return str(self._scalar(key)) if key is not None else "null"
        return self._text(key)

    def _text(self, text: str) -> str:
        self._spend(len(text))
        clean = cleaned(text)
        if clean is not text:
            self.changed = True
        return clean

    def _spend(self, cost: int) -> None:
        self.budget -= cost
        if self.budget < 0:
            raise Undecodable(DeadReason.TOO_LARGE, "The body unfolds to more than is read.")


def _written(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # more than 4300 digits: Python would take quadratic time
        return f"(an integer of {value.bit_length()} bits)"
