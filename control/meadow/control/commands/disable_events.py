"""Has workers send no more events of their tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meadow.control.command import Command, Effect, Known, until_restart, workers_asked


@dataclass(frozen=True, slots=True)
class DisableEvents(Command):
    """Takes    no arguments.
    Promise  until the worker restarts, or is asked for events again: Meadow does that by itself whenever it reconnects or
             sees the worker start, unless the cluster's enable_events is off. A worker that was started with -E says that
             they are off already, and goes on sending them (Celery 5.7).
    Repeat   safe.
    """

    name: ClassVar[str] = "disable_events"

    def effects(self, known: Known) -> list[Effect]:
        again = "Meadow asks for events again when it reconnects, unless the cluster's enable_events is off."
        return [
            workers_asked(known),
            Effect("Their tasks are not seen any more, and completeness falls. Heartbeats go on."),
            Effect(again, None, unknown=True),
            Effect("A worker started with -E goes on sending them.", None, unknown=True),
            until_restart(),
        ]
