"""What a test may ask the ClickHouse front to do to the next requests instead of, or after, answering them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Fault:
    """For the next `times` requests whose SQL, of an insert without its rows, matches.

    delay_s  before anything else.
    code     refused with this ClickHouse code; nothing is executed.
    status   refused with this HTTP status; without a code as by a proxy, with no header of ClickHouse.
    cut      the connection: `before` executing, `after` it, or amid the `body` of the answer.
    """

    match: str = ""
    times: int = 1
    delay_s: float = 0
    code: int = 0
    status: int = 0
    cut: Literal["", "before", "after", "body"] = ""


class Faults:
    """Those that are left, in order."""

    def __init__(self) -> None:
        self._left: list[tuple[Fault, int]] = []

    def replace(self, faults: Sequence[Fault]) -> None:
        self._left = [(fault, fault.times) for fault in faults]

    def take(self, sql: str) -> Fault:
        """The first that matches, used once; or one that does nothing."""
        for place, (fault, times) in enumerate(self._left):
            if times > 0 and re.search(fault.match, sql, re.I):
                self._left[place] = (fault, times - 1)
                return fault
        return Fault()

    @property
    def left(self) -> int:
        """How many requests may still meet one."""
        return sum(times for _, times in self._left)
