"""Has workers start their pool's processes anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meadow.control.command import Command, Effect, Known, workers_asked


@dataclass(frozen=True, slots=True)
class PoolRestart(Command):
    """Takes    no arguments.
    Promise  each process ends after its present task and another takes its place; answered before that. The new ones are
             forked from the same parent: code that changed on disk is not read. A worker without worker_pool_restarts answers
             an error; other pools than prefork say yes and do nothing (Celery 5.7).
    Repeat   restarts again; no task is lost by it.
    """

    name: ClassVar[str] = "pool_restart"

    def effects(self, known: Known) -> list[Effect]:
        return [
            workers_asked(known),
            Effect("Each process of the pool ends after its present task, and another takes its place."),
            Effect("Code that changed on disk is not read: for that the worker itself is restarted."),
            Effect("A worker without worker_pool_restarts refuses.", None, unknown=True),
        ]
