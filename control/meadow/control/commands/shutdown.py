"""Ends workers, after the tasks they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meadow.control.command import Answers, Command, Effect, Known, workers_asked


@dataclass(frozen=True, slots=True)
class Shutdown(Command):
    """Takes    no arguments; and never everybody: workers are named in `destination`.
    Promise  Celery answers nothing to it, so nobody is waited for and nobody counts as silent: the outcome is `sent`. That a
             worker ended shows in its own worker-offline event, and in its state. It ends the tasks that run first, which
             may take as long as they do. Whatever supervises it may start it again at once.
    Repeat   safe for a worker that ends; one that was started again meanwhile ends again.
    """

    name: ClassVar[str] = "shutdown"
    answers: ClassVar[Answers] = Answers.NOTHING
    for_all: ClassVar[bool] = False

    def effects(self, known: Known) -> list[Effect]:
        return [
            workers_asked(known),
            Effect("They take no more tasks, end those they run, and end."),
            Effect("What they hold and did not begin goes back to its queue.", None, unknown=True),
            Effect("They do not answer this; that one ended shows in its state.", None, unknown=True),
            Effect("What supervises them may start them again. Nothing here can.", None, unknown=True),
        ]
