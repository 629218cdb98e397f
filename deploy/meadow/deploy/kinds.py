"""What a setting takes, in words, and whether a value of a file is that: TOML has kinds, and none is turned into another."""

from __future__ import annotations

import json
import math
from typing import Any

import click

from meadow.core.errors import BadSettings

SHOWN_CHARS_MAX = 40
NUMBER_SHOWN_MAX = 10**SHOWN_CHARS_MAX
BOOLEAN = type(click.BOOL)
NAMES = {str: "a text", int: "a whole number", float: "a number", list: "a list", dict: "a table"}


def refuse_wrong(where: str, parameter: click.Parameter, value: Any) -> None:
    """Raises BadSettings with the setting's name, what it takes and what was given, where that is something else.

    A text is shown where a number, a truth or one of a few words is meant, and by its kind alone where any text is: that may
    be a password.
    """
    entries = value if parameter.multiple and isinstance(value, list) else [value]
    fits = isinstance(value, list) == parameter.multiple and all(_fits(parameter.type, entry) for entry in entries)
    if not fits:
        wrong = next((entry for entry in entries if not _fits(parameter.type, entry)), value)
        shown = named(wrong, shown=not any_text(parameter.type))
        raise BadSettings(f"{where}: {parameter.name} takes {taken(parameter)}, not {shown}.")


def taken(parameter: click.Parameter) -> str:
    """`a whole number from 1 to 65535`, `true or false`, `one of "text", "json"`, `a list of texts`."""
    kind = parameter.type
    if parameter.multiple:
        entries = f", each {_one_of(kind)}" if isinstance(kind, click.Choice) else ""
        return f'a list of texts such as ["…", "…"]{entries}'
    if isinstance(kind, click.Choice):
        return _one_of(kind)
    if isinstance(kind, click.IntRange | click.FloatRange):
        return f"{'a whole number' if isinstance(kind, click.IntRange) else 'a number'} {_bounds(kind)}"
    return "true or false" if isinstance(kind, BOOLEAN) else "a text in quotes"


def named(value: Any, shown: bool = False) -> str:
    """`a whole number`, or with `shown` its value: `70000`, `the text "abc"`; a list and a table by their kind alone."""
    if shown and isinstance(value, str):
        return f"the text {json.dumps(value[:SHOWN_CHARS_MAX])}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if shown and isinstance(value, float):
        return str(value)
    if shown and isinstance(value, int) and abs(value) < NUMBER_SHOWN_MAX:
        return str(value)
    return NAMES.get(type(value), "a date or time")


def any_text(kind: click.ParamType[Any]) -> bool:
    """Whether a text of this kind may be anything, and so a password."""
    return not isinstance(kind, (click.Choice, click.IntRange, click.FloatRange, BOOLEAN))


def _fits(kind: click.ParamType[Any], value: Any) -> bool:
    if isinstance(kind, click.Choice):
        return isinstance(value, str) and value in kind.choices
    if isinstance(kind, BOOLEAN):
        return isinstance(value, bool)
    if isinstance(kind, click.IntRange | click.FloatRange):
        numbers = int if isinstance(kind, click.IntRange) else int | float
        return isinstance(value, numbers) and not isinstance(value, bool) and _within(kind, value)
    return isinstance(value, str)


def _within(kind: click.IntRange | click.FloatRange, value: float) -> bool:
    """No number, nan, is within nothing. Every range here has a least value, and no open greatest one."""
    least = -math.inf if kind.min is None else kind.min
    return (value > least if kind.min_open else value >= least) and (kind.max is None or value <= kind.max)


def _one_of(kind: click.Choice[str]) -> str:
    return f"one of {', '.join(json.dumps(str(choice)) for choice in kind.choices)}"


def _bounds(kind: click.IntRange | click.FloatRange) -> str:
    if kind.max is None:
        return f"of {kind.min} or more"
    return f"above {kind.min} and up to {kind.max:.15g}" if kind.min_open else f"from {kind.min} to {kind.max}"
