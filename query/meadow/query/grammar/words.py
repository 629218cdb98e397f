"""Words and phrases of no field, and the clauses that find them by the index on texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from meadow.query.grammar.parse import lowered
from meadow.query.grammar.terms import Word

TOKENS_MAX = 16  # of one phrase; the rest of it is found by the phrase itself
# What ClickHouse's tokenbf_v1 takes for one: all else in ASCII divides.
_TOKEN = re.compile(r"[0-9A-Za-z\x80-\U0010ffff]+")
_TEXT = "lower(concat(args, ' ', kwargs, ' ', exception))"  # the expression of the index ix_words, to the letter


@dataclass(frozen=True, slots=True)
class Found:
    """What the store knows of a search before it is asked; with it the index alone has to be looked at.

    names  task names that hold one of its phrases; None when they could not be told, and then every row is compared.
    ids    the ids that begin so, by beginning; one that is not in it is compared with every row.
    """

    names: Sequence[str] | None = None
    ids: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Bound:
    """Values of a statement, each under a name of its own."""

    values: dict[str, Any] = field(default_factory=dict)

    def put(self, value: Any, kind: str) -> str:
        """The placeholder that stands for it. kind: a type of the store's."""
        name = f"q_{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{kind}}}"


def clause(word: Word, prefix: str, found: Found, bound: Bound, *, payload: bool) -> str:
    """A part of the name, or in args, kwargs and exception a phrase of whole words; or an id that begins with `prefix`.

    Without `payload` only the name and the exception's type are looked at, or a search would tell what is hidden.
    Whole words, because the index knows nothing smaller; a phrase no name holds is left to the index alone.
    """
    phrase = bound.put(word.text, "String")
    ways = [
        _in_name(word.text, phrase, found, bound),
        _in_text(word.text, phrase, bound) if payload else f"position(lower(exception_type), {phrase}) > 0",
        begins("task_id", prefix, found, bound) if prefix else "",
    ]
    return f"({' OR '.join(way for way in ways if way)})"


def begins(column: str, prefix: str, found: Found, bound: Bound) -> str:
    """An id that begins so."""
    if column == "task_id" and prefix in found.ids:
        return f"task_id IN {bound.put(list(found.ids[prefix]), 'Array(String)')}" if found.ids[prefix] else "0"
    return f"startsWith({column}, {bound.put(prefix, 'String')})"


def has_words(text: str, bound: Bound) -> Iterator[str]:
    """Of every word of a lower-case text that it is in args, kwargs or exception: what the index can be asked."""
    for token in dict.fromkeys(_TOKEN.findall(text)[:TOKENS_MAX]):
        yield f"hasToken({_TEXT}, {bound.put(token, 'String')})"


def _in_name(text: str, phrase: str, found: Found, bound: Bound) -> str:
    if found.names is None:
        return f"position(lower(toString(name)), {phrase}) > 0"
    matching = [name for name in found.names if text in lowered(name)]
    return f"name IN {bound.put(matching, 'Array(String)')}" if matching else ""


def _in_text(text: str, phrase: str, bound: Bound) -> str:
    return f"({' AND '.join((*has_words(text, bound), f'position({_TEXT}, {phrase}) > 0'))})"
