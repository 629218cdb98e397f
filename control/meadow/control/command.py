"""What a command is: something asked of the workers of one cluster, checked before anything is sent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum, auto
from typing import Any, ClassVar, Self

from meadow.control.arguments import only
from meadow.core.scope import Permission


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of what a command would do. count: how many, None when it does not count anything. unknown: whether it tells
    what cannot be known before, or at all."""

    text: str
    count: int | None = None
    unknown: bool = False

    def shown(self) -> dict[str, Any]:
        return {"text": self.text, "count": self.count, "unknown": self.unknown}


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows before a command is sent. workers: how many it is for; None when none was ever heard of.
    states: of the tasks the command names, as far as they are known."""

    workers: int | None = None
    states: Mapping[str, str] = field(default_factory=dict)


class Answers(Enum):
    """What comes back from a worker."""

    REPLY = auto()  # one, which the outcome keeps
    NOTHING = auto()  # Celery does not answer it: once it is sent, its outcome is `sent`
    SNAPSHOTS = auto()  # several, kept as the worker's snapshots; the outcome says which


@dataclass(frozen=True, slots=True)
class Command(ABC):
    """One of the closed set in `table.py`; frozen, and checked when it was made. Its fields are its arguments.

    name       as the API, the audit and the page call it, and Celery's own method of that name.
    needs      the permission that allows it.
    answers    what comes back.
    for_all    whether it may be sent without naming workers.
    """

    name: ClassVar[str]
    needs: ClassVar[Permission] = Permission.WORKERS_CONTROL
    answers: ClassVar[Answers] = Answers.REPLY
    for_all: ClassVar[bool] = True

    @property
    def tasks(self) -> tuple[str, ...]:
        """Ids of tasks it names, for their stories; () when it names none."""
        return ()

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        """From the API's `arguments`; here of a command that takes none. Raises BadCommand, naming the field and what it
        accepts."""
        only(arguments)
        return cls()

    def arguments(self) -> dict[str, Any]:
        """As the API takes them, with defaults filled in; JSON-ready. Equal commands have equal ones."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: list(one) if isinstance(one, tuple) else one for name, one in given.items()}

    def celery(self) -> dict[str, Any]:
        """As Celery 5.7's handler of the same name takes them."""
        return self.arguments()

    @abstractmethod
    def effects(self, known: Known) -> list[Effect]:
        """What sending it would do, and what nobody can tell."""


def workers_asked(known: Known) -> Effect:
    """Every command's first effect."""
    if known.workers is None:
        return Effect("No worker of this cluster was heard of yet; all that listen are asked.", None, unknown=True)
    return Effect("Workers are asked.", known.workers)


def until_restart() -> Effect:
    """Of what a worker holds in memory alone."""
    return Effect("It holds until the worker restarts.", None, unknown=True)
