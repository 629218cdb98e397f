"""Asks workers what they are, hold and listen to; the answers are kept as their snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from meadow.control.arguments import only
from meadow.control.command import Answers, Command, Effect, Known, workers_asked
from meadow.control.snapshots import KINDS
from meadow.core.errors import BadCommand


@dataclass(frozen=True, slots=True)
class Inspect(Command):
    """Takes    what  some of KINDS; all of them when it is left out. Each counts once.
    Promise  what came within the time is kept, by worker and kind, without arguments of tasks, with secrets hidden, and cut
             where it is very long; the outcome says which kinds each worker answered. It is as of that moment: a worker
             reads commands between other things, and a solo one only between tasks.
    Repeat   asks again; changes nothing on the workers.
    """

    name: ClassVar[str] = "inspect"
    answers: ClassVar[Answers] = Answers.SNAPSHOTS
    what: tuple[str, ...] = KINDS

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        only(arguments, "what")
        given = arguments.get("what", list(KINDS))
        accepts = f"a list of one or more of {', '.join(KINDS)}"
        if not isinstance(given, list) or not given or not all(isinstance(one, str) and one in KINDS for one in given):
            raise BadCommand("what is a list of kinds.", field="arguments.what", accepts=accepts)
        return cls(tuple(kind for kind in KINDS if kind in given))

    def effects(self, known: Known) -> list[Effect]:
        kept = None if known.workers is None else known.workers * len(self.what)
        return [
            workers_asked(known),
            Effect("Nothing changes on them; each answer is kept as a snapshot.", kept),
            Effect("A solo worker answers between tasks only, and may come too late.", None, unknown=True),
        ]
