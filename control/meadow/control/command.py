"""What a command is: something asked of the workers of one cluster, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, Self

from meadow.core.errors import BadCommand
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


class Command(Protocol):
    """One of the closed set in `table.py`; frozen, and checked when it was made.

    name       as the API, the audit and the page call it, and Celery's own method of that name.
    needs      the permission that allows it.
    task_ids   tasks it names, for their stories; () when it names none.
    """

    name: ClassVar[str]
    needs: ClassVar[Permission]

    @property
    def task_ids(self) -> tuple[str, ...]: ...

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Self:
        """From the API's `arguments`. Raises BadCommand, naming the field and what it accepts."""

    def arguments(self) -> dict[str, Any]:
        """As the API takes them, with defaults filled in; JSON-ready. Equal commands have equal ones."""

    def celery(self) -> dict[str, Any]:
        """As Celery 5.7's handler of the same name takes them."""

    def effects(self, known: Known) -> list[Effect]:
        """What sending it would do, and what nobody can tell."""


def only(arguments: Mapping[str, Any], *names: str) -> None:
    """Raises BadCommand for an argument the command does not take: a mistyped one must not be dropped in silence."""
    for name in arguments:
        if name not in names:
            accepts = ", ".join(names) or "no arguments"
            raise BadCommand(f"No argument is called {name[:100]!r}.", field="arguments", accepts=accepts)


def workers_asked(known: Known) -> Effect:
    """Every command's first effect."""
    if known.workers is None:
        return Effect("No worker of this cluster was heard of yet; all that listen are asked.", None, unknown=True)
    return Effect("Workers are asked.", known.workers)
