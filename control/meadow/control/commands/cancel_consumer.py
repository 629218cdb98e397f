"""Has workers take no more tasks from a queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from meadow.control.arguments import named, only
from meadow.control.command import Command, Effect, Known, until_restart, workers_asked


@dataclass(frozen=True, slots=True)
class CancelConsumer(Command):
    """Takes    queue  1 to 255 characters.
    Promise  answered before it happens, and with yes even by a worker that never took from the queue. Tasks it holds already
             are run. With nobody left the queue grows; that is not looked at.
    Repeat   safe.
    """

    name: ClassVar[str] = "cancel_consumer"
    queue: str

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        only(arguments, "queue")
        return cls(named(arguments, "queue"))

    def effects(self, known: Known) -> list[Effect]:
        return [
            workers_asked(known),
            Effect(f"Each of them takes no more tasks from {self.queue}; those it holds already are run."),
            Effect("Whether any worker is left for the queue is not known.", None, unknown=True),
            Effect("They answer yes even if they never took from it.", None, unknown=True),
            until_restart(),
        ]
