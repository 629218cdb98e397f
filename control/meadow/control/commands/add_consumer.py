"""Has workers take tasks from one more queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from meadow.control.arguments import named, only
from meadow.control.command import Command, Effect, Known, until_restart, workers_asked


@dataclass(frozen=True, slots=True)
class AddConsumer(Command):
    """Takes    queue  1 to 255 characters. As the application defines it; one it does not define is a durable queue behind a
                   direct exchange of the same name.
    Promise  answered before it happens: that it did shows in the worker's active_queues. One that does not exist is made,
             and stays on the broker; one that exists with other arguments breaks the worker's channel (RabbitMQ).
    Repeat   safe: a worker takes from a queue once.
    """

    name: ClassVar[str] = "add_consumer"
    queue: str

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        only(arguments, "queue")
        return cls(named(arguments, "queue"))

    def effects(self, known: Known) -> list[Effect]:
        return [
            workers_asked(known),
            Effect(f"Each of them takes tasks from {self.queue} too."),
            Effect("A queue that does not exist is made, and stays.", None, unknown=True),
            Effect("They answer before it happens; their active queues tell whether it did.", None, unknown=True),
            until_restart(),
        ]
