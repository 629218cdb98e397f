"""Reads the arguments of commands: each is there, of its kind and within bounds, or refused by its name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from meadow.core.errors import BadCommand

NAME_CHARS_MAX = 255
Given = Mapping[str, Any]


def only(arguments: Given, *names: str) -> None:
    """Raises BadCommand for an argument the command does not take: a mistyped one must not be dropped in silence."""
    for name in arguments:
        if name not in names:
            accepts = ", ".join(names) or "no arguments"
            raise BadCommand(f"No argument is called {name[:100]!r}.", field="arguments", accepts=accepts)


def named(arguments: Given, name: str) -> str:
    """A name of 1 to NAME_CHARS_MAX printable characters. Raises BadCommand."""
    given = arguments.get(name)
    if not isinstance(given, str) or not 1 <= len(given) <= NAME_CHARS_MAX or not given.isprintable():
        accepts = f"1 to {NAME_CHARS_MAX} characters"
        raise BadCommand(f"{name} is a name.", field=f"arguments.{name}", accepts=accepts)
    return given


def whole(arguments: Given, name: str, least: int, most: int) -> int:
    """A whole number within these bounds. Raises BadCommand."""
    given = arguments.get(name)
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        accepts = f"{least} to {most}"
        raise BadCommand(f"{name} is a whole number within bounds.", field=f"arguments.{name}", accepts=accepts)
    return given


def seconds(arguments: Given, name: str, most: int) -> float | None:
    """Seconds over 0 and up to `most`; None when it is null or absent. Raises BadCommand."""
    given = arguments.get(name)
    if given is None:
        return None
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_number or not math.isfinite(given) or not 0 < given <= most:
        accepts = f"null, or over 0 and up to {most}"
        raise BadCommand(f"{name} is a time in seconds.", field=f"arguments.{name}", accepts=accepts)
    return float(given)
