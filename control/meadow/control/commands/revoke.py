"""Stops tasks: before they start or, where the pool can, while they run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from meadow.control.arguments import only
from meadow.control.command import Command, Effect, Known, workers_asked
from meadow.core.errors import BadCommand
from meadow.core.scope import Permission

TASK_IDS_MAX = 500  # well under the 50 000 revoked ids a worker remembers, for 3 hours (Celery 5.7)
TASK_ID_CHARS_MAX = 255
SIGNALS = ("SIGTERM", "SIGKILL", "SIGINT", "SIGQUIT", "SIGUSR1")  # SIGUSR1: Celery's soft time limit
FINISHED = frozenset({"SUCCESS", "FAILURE", "REVOKED", "REJECTED"})
RUNNING = frozenset({"STARTED"})


@dataclass(frozen=True, slots=True)
class Revoke(Command):
    """Asks workers to skip these tasks.

    Takes    task_ids   1 to 500 texts of 1 to 255 characters, as Celery issued them; repeats count once.
             terminate  also signal the process of one already running; thread and solo pools cannot (Celery 5.7).
             signal     one of SIGNALS; used with terminate.
    Promise  a request, not a stop. A worker that is down, or restarts without --statedb, may still run the task.
    Repeat   safe: workers keep a set.
    """

    name: ClassVar[str] = "revoke"
    needs: ClassVar[Permission] = Permission.TASKS_CONTROL
    task_ids: tuple[str, ...]
    terminate: bool = False
    signal: str = "SIGTERM"

    @property
    def tasks(self) -> tuple[str, ...]:
        return self.task_ids

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        only(arguments, "task_ids", "terminate", "signal")
        terminate, signal = arguments.get("terminate", False), arguments.get("signal", "SIGTERM")
        if not isinstance(terminate, bool):
            raise BadCommand("terminate is true or false.", field="arguments.terminate", accepts="true or false")
        if not isinstance(signal, str) or signal not in SIGNALS:
            raise BadCommand("No such signal.", field="arguments.signal", accepts=", ".join(SIGNALS))
        return cls(_ids(arguments.get("task_ids")), terminate, signal)

    def celery(self) -> dict[str, Any]:
        return {"task_id": list(self.task_ids), "terminate": self.terminate, "signal": self.signal}

    def effects(self, known: Known) -> list[Effect]:
        counts = Counter(_group(known.states.get(task_id)) for task_id in self.task_ids)
        running = (
            f"Running: their processes get {self.signal}" if self.terminate else "Running: they go on to their end"
        )
        lines = {
            "waiting": "Not started yet: workers that have been told will skip them.",
            "running": f"{running}.",
            "finished": "Finished already: nothing changes.",
            "unknown": "Never heard of: should such a task come, it is skipped. Celery may write REVOKED as its result.",
        }
        told = [Effect(text, counts[group], group == "unknown") for group, text in lines.items() if counts[group]]
        caveat = Effect("A worker that is down, or restarts without --statedb, may still run them.", None, unknown=True)
        return [workers_asked(known), *told, caveat]


def _group(state: str | None) -> str:
    if state is None:
        return "unknown"
    return "finished" if state in FINISHED else "running" if state in RUNNING else "waiting"


def _ids(given: Any) -> tuple[str, ...]:
    accepts = f"1 to {TASK_IDS_MAX} ids of 1 to {TASK_ID_CHARS_MAX} characters"
    if not isinstance(given, list) or not 1 <= len(given) <= TASK_IDS_MAX:
        raise BadCommand("task_ids is a list of task ids.", field="arguments.task_ids", accepts=accepts)
    for one in given:
        if not isinstance(one, str) or not 1 <= len(one) <= TASK_ID_CHARS_MAX or not one.isprintable():
            raise BadCommand("One of task_ids is no task id.", field="arguments.task_ids", accepts=accepts)
    return tuple(dict.fromkeys(given))
