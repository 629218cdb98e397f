"""From a tree of terms to the text of a WHERE, with every value bound.

What is not known (0 or '' in the store) matches no value; so it is among what a negation finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import assert_never

from meadow.query.grammar.fields import DUE_LATER, SCHEDULED
from meadow.query.grammar.parse import lowered
from meadow.query.grammar.terms import All, Any, Known, Node, Not, Pattern, Term, Text, Way, Whole, Word
from meadow.query.grammar.ways import way_of
from meadow.query.grammar.words import Bound, Found, clause
from meadow.query.plan import question

TRACEBACKS = question("tasks_tracebacks")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a search is compiled in.

    clusters  id -> slug of the scope.
    born      the statement's parameter, in epoch ms, before which no task it looks at was born.
    prefix    a word that may be the beginning of an id.
    """

    payload: bool
    clusters: Mapping[int, str]
    now_ms: int
    born: str
    found: Found
    prefix: str = ""


def compiled(node: Node, setting: Setting, bound: Bound) -> str:
    """An expression over a row of `tasks`."""
    match node:
        case Word():
            prefix = setting.prefix if node.said == setting.prefix else ""
            return clause(node, prefix, setting.found, bound, payload=setting.payload)
        case Term():
            return _term(node, setting, bound)
        case Not():
            return f"NOT {compiled(node.of, setting, bound)}"
        case All():
            return f"({' AND '.join(compiled(part, setting, bound) for part in node.parts)})"
        case Any():
            return f"({' OR '.join(compiled(part, setting, bound) for part in node.parts)})"
        case _:
            assert_never(node)


def _term(term: Term, setting: Setting, bound: Bound) -> str:
    match term.field.name:
        case "cluster":
            return _cluster(term, setting, bound)
        case "state":
            return _state(term, setting, bound)
        case "traceback":
            ways = [
                _in_events(way_of(term.field, way, setting.found, bound, payload=setting.payload), setting.born)
                for way in term.ways
            ]
        case _:
            ways = [way_of(term.field, way, setting.found, bound, payload=setting.payload) for way in term.ways]
    return f"({' OR '.join(ways)})"


def _cluster(term: Term, setting: Setting, bound: Bound) -> str:
    """By slug, which the store does not know."""
    ids = [id_ for id_, slug in sorted(setting.clusters.items()) if any(_is(slug, way) for way in term.ways)]
    return f"cluster_id IN {bound.put(ids, 'Array(UInt32)')}"


def _is(slug: str, way: Way) -> bool:
    match way:
        case Known():
            return True
        case Text():
            return lowered(way.text) in slug
        case Pattern():
            return fnmatchcase(slug, lowered(way.text).replace("[", "[[]").replace("?", "[?]"))
        case _:
            return way == Whole(slug)


def _state(term: Term, setting: Setting, bound: Bound) -> str:
    wanted = [way.text for way in term.ways if isinstance(way, Whole)]
    ways = ["state != ''"] if Known() in term.ways else []
    ways.append(f"state IN {bound.put(wanted, 'Array(String)')}")
    if SCHEDULED in wanted:
        now = bound.put(setting.now_ms, "Int64")
        ways.append(f"{DUE_LATER}{now}")
    return f"({' OR '.join(ways)})"


def _in_events(expression: str, born: str) -> str:
    """A traceback is kept only with the events that brought it."""
    return f"(cluster_id, task_id) IN ({TRACEBACKS.filled({'traceback': expression, 'born': born}).sql.strip()})"
