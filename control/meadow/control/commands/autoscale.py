"""Sets between how many processes workers scale their pools by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from meadow.control.arguments import only, whole
from meadow.control.command import Command, Effect, Known, until_restart, workers_asked

POOL_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Autoscale(Command):
    """Takes    max  1 to 1 000 processes. min  0 to max.
    Promise  a worker that was started without --autoscale answers an error: it cannot be switched on from here. With more
             busy processes than max it answers an error too, and may have ended the idle ones by then (Celery 5.7).
    Repeat   safe.
    """

    name: ClassVar[str] = "autoscale"
    max: int
    min: int

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        only(arguments, "max", "min")
        most = whole(arguments, "max", 1, POOL_MAX)
        return cls(most, whole(arguments, "min", 0, most))

    def effects(self, known: Known) -> list[Effect]:
        return [
            workers_asked(known),
            Effect(f"Each of them keeps {self.min} to {self.max} processes, as it has work."),
            Effect("A worker started without --autoscale refuses.", None, unknown=True),
            Effect("Processes that are busy are not ended for it.", None, unknown=True),
            until_restart(),
        ]
