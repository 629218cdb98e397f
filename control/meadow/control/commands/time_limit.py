"""Sets how long one kind of task may run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from meadow.control.arguments import named, only, seconds
from meadow.control.command import Command, Effect, Known, until_restart, workers_asked
from meadow.core.errors import BadCommand

LIMIT_S_MAX = 30 * 86_400


@dataclass(frozen=True, slots=True)
class TimeLimit(Command):
    """Takes    task_name  1 to 255 characters; a worker that does not know it answers an error.
             soft_s     seconds until the task is told by an exception; null: no such limit of its own.
             hard_s     seconds until its process is killed; null: no such limit of its own. One of the two is set, or both
                        are null, which lifts them.
    Promise  of Celery 5.7 hardly any: a worker says yes, and goes on with the limits it made ready when it connected to its
             broker. The new ones are used from its next pool restart or reconnection on, by the prefork pool alone; a limit
             that a message brings, or the worker's own --time-limit where this is null, holds as before.
    Repeat   safe.
    """

    name: ClassVar[str] = "time_limit"
    task_name: str
    soft_s: float | None
    hard_s: float | None

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        only(arguments, "task_name", "soft_s", "hard_s")
        soft_s, hard_s = seconds(arguments, "soft_s", LIMIT_S_MAX), seconds(arguments, "hard_s", LIMIT_S_MAX)
        if soft_s is not None and hard_s is not None and soft_s >= hard_s:
            raise BadCommand("soft_s comes before hard_s.", field="arguments.soft_s", accepts=f"less than {hard_s:g}")
        return cls(named(arguments, "task_name"), soft_s, hard_s)

    def celery(self) -> dict[str, Any]:
        return {"task_name": self.task_name, "soft": self.soft_s, "hard": self.hard_s}

    def effects(self, known: Known) -> list[Effect]:
        soft = f"is told to end after {self.soft_s:g} s" if self.soft_s else "is not told to end"
        hard = f"is killed after {self.hard_s:g} s" if self.hard_s else "is not killed"
        late = "Celery 5.7 uses new limits only from the worker's next pool restart or reconnection on."
        return [
            workers_asked(known),
            Effect(f"{self.task_name} {soft} and {hard} by a limit of its own."),
            Effect(late, None, unknown=True),
            Effect(
                "Only the prefork pool can; a limit that comes with a task's message goes before.", None, unknown=True
            ),
            until_restart(),
        ]
