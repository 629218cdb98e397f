"""Asks workers whether they listen; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meadow.control.command import Command, Effect, Known, workers_asked


@dataclass(frozen=True, slots=True)
class Ping(Command):
    """Takes    no arguments.
    Promise  none: a solo worker answers only between tasks, and beat may answer too (Celery 5.7: `celerybeat@host`).
    Repeat   safe.
    """

    name: ClassVar[str] = "ping"

    def effects(self, known: Known) -> list[Effect]:
        return [workers_asked(known), Effect("Nothing changes.")]
