"""Sets how often workers may start one kind of task."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from meadow.control.arguments import named, only
from meadow.control.command import Command, Effect, Known, until_restart, workers_asked
from meadow.core.errors import BadCommand

ACCEPTS = "a number with /s, /m or /h such as 5/m, or 0 for no limit"
_RATE = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,6})?)(?:/[smh])?")  # celery 5.7 `rate()`: a bare number is a second's
PER = {"s": "second", "m": "minute", "h": "hour"}


@dataclass(frozen=True, slots=True)
class RateLimit(Command):
    """Takes    task_name   1 to 255 characters; a worker that does not know it answers an error.
             rate_limit  "5/m" or the like; 0 lifts the limit.
    Promise  until the worker restarts, for each worker by itself, not for the cluster as a whole.
    Repeat   safe.
    """

    name: ClassVar[str] = "rate_limit"
    task_name: str
    rate_limit: str

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        only(arguments, "task_name", "rate_limit")
        name, rate = named(arguments, "task_name"), arguments.get("rate_limit")
        text = str(rate) if isinstance(rate, int | float) and not isinstance(rate, bool) else rate
        if not isinstance(text, str) or not _RATE.fullmatch(text):
            raise BadCommand("rate_limit is no rate.", field="arguments.rate_limit", accepts=ACCEPTS)
        return cls(name, text)

    def effects(self, known: Known) -> list[Effect]:
        number, _, unit = self.rate_limit.partition("/")
        limit = f"at most {number} a {PER[unit or 's']}" if float(number) else "as often as they can"
        return [
            workers_asked(known),
            Effect(f"Each worker by itself starts {self.task_name} {limit}."),
            until_restart(),
        ]
