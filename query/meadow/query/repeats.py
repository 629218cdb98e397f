"""Knows the events of the last moments, so that one that comes again (of a second holder, or delivered twice) is shown once."""

from __future__ import annotations

from dataclasses import dataclass, field

REPEATS_MAX = 5_000  # twice that many are known, at 70 bytes each


@dataclass(slots=True)
class Repeats:
    """Holds the latest 5 000 to 10 000 events; a repetition after more than that is taken for new."""

    _young: set[int] = field(default_factory=set)
    _old: set[int] = field(default_factory=set)

    def knows(self, identity: int) -> bool:
        """Whether it came before; it is known from now on."""
        if identity in self._young or identity in self._old:
            return True
        if len(self._young) >= REPEATS_MAX:
            self._old, self._young = self._young, set()
        self._young.add(identity)
        return False
