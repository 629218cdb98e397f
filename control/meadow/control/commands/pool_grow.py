"""Adds processes to the pools of workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from meadow.control.arguments import only, whole
from meadow.control.command import Command, Effect, Known, until_restart, workers_asked

STEP_MAX = 100  # a slip of the finger should not take a machine's memory


@dataclass(frozen=True, slots=True)
class PoolGrow(Command):
    """Takes    n  1 to 100 processes more, of each worker that is asked.
    Promise  until the worker restarts. Prefork, gevent and eventlet; a pool of threads or solo, and a worker with --autoscale,
             answers an error and stays as it is (Celery 5.7).
    Repeat   grows again. Under one Idempotency-Key it is sent at most once.
    """

    name: ClassVar[str] = "pool_grow"
    n: int

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        only(arguments, "n")
        return cls(whole(arguments, "n", 1, STEP_MAX))

    def effects(self, known: Known) -> list[Effect]:
        added = None if known.workers is None else known.workers * self.n
        return [
            workers_asked(known),
            Effect(f"Each of them adds {self.n} to its pool.", added),
            Effect(
                "Each takes as much memory again as its like; whether there is some is not known.", None, unknown=True
            ),
            Effect("One with --autoscale, threads or solo refuses.", None, unknown=True),
            until_restart(),
        ]
