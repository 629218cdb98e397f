"""What a search comes to: a tree of terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from meadow.query.grammar.fields import Field


@dataclass(frozen=True, slots=True)
class Known:
    """`*`: there is a value."""


@dataclass(frozen=True, slots=True)
class Text:
    """A part of the value, or its beginning, as the field compares."""

    text: str


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole value, to the letter; "" for one that is not known."""

    text: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """The whole value, with `*` for any text."""

    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A named argument and its value."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers, seconds or epoch milliseconds between two ends; None is an open one. low_out, high_out: without the end."""

    low: float | None = None
    high: float | None = None
    low_out: bool = False
    high_out: bool = False


Way = Known | Text | Whole | Pattern | Pair | Span


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a phrase of no field. text: in lower case, as the store's lower() makes it. said: as it was written."""

    text: str
    said: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A field and its ways to match: one of them must."""

    field: Field
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: Node


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Node, ...]


Node = Word | Term | Not | All | Any


def leaves(node: Node | None) -> Iterator[Word | Term]:
    """Words and terms, in their order."""
    match node:
        case None:
            return
        case Word() | Term():
            yield node
        case Not():
            yield from leaves(node.of)
        case All() | Any():
            for part in node.parts:
                yield from leaves(part)


def parts(node: Node | None) -> tuple[Node, ...]:
    """What must all match."""
    return () if node is None else node.parts if isinstance(node, All) else (node,)


def without(node: Node, unwanted: Callable[[Term], bool]) -> Node | None:
    """What must still match when these terms may come to anything; None for nothing. It is never stricter than `node`."""
    match node:
        case Word():
            return node
        case Term():
            return None if unwanted(node) else node
        case Not():
            return None if any(isinstance(leaf, Term) and unwanted(leaf) for leaf in leaves(node)) else node
        case All():
            kept = tuple(left for part in node.parts if (left := without(part, unwanted)))
            return All(kept) if kept else None
        case Any():
            kept = tuple(left for part in node.parts if (left := without(part, unwanted)))
            return Any(kept) if len(kept) == len(node.parts) else None
