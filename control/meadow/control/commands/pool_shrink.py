"""Takes processes from the pools of workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from meadow.control.arguments import only, whole
from meadow.control.command import Command, Effect, Known, until_restart, workers_asked
from meadow.control.commands.pool_grow import STEP_MAX


@dataclass(frozen=True, slots=True)
class PoolShrink(Command):
    """Takes    n  1 to 100 processes fewer, of each worker that is asked.
    Promise  only idle processes go. With fewer than n idle, those that are go, and the answer is the error "Can't shrink pool.
             All processes busy!" all the same (Celery 5.7): look at the pool. Nothing keeps a pool from shrinking to none,
             and then the worker runs nothing. Refused as growing is.
    Repeat   shrinks again. Under one Idempotency-Key it is sent at most once.
    """

    name: ClassVar[str] = "pool_shrink"
    n: int

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        only(arguments, "n")
        return cls(whole(arguments, "n", 1, STEP_MAX))

    def effects(self, known: Known) -> list[Effect]:
        gone = None if known.workers is None else known.workers * self.n
        busy = "Busy processes stay. Where fewer are idle, those go, and the worker answers an error all the same."
        return [
            workers_asked(known),
            Effect(f"Each of them ends up to {self.n} idle processes.", gone),
            Effect(busy, None, unknown=True),
            Effect("A pool of so many or fewer may be left with none: it runs nothing then.", None, unknown=True),
            Effect("One with --autoscale, threads or solo refuses.", None, unknown=True),
            until_restart(),
        ]
