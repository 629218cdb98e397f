"""Has workers send events of their tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meadow.control.command import Command, Effect, Known, until_restart, workers_asked


@dataclass(frozen=True, slots=True)
class EnableEvents(Command):
    """Takes    no arguments.
    Promise  as if the worker had been started with -E, until it restarts. One with neither heartbeat nor gossip nor -E has
             nothing to send them by, and answers an error (Celery 5.7).
    Repeat   safe.
    """

    name: ClassVar[str] = "enable_events"

    def effects(self, known: Known) -> list[Effect]:
        return [
            workers_asked(known),
            Effect("Each of them sends events of its tasks from now on. What happened before stays untold."),
            until_restart(),
        ]
