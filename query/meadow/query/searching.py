"""A search on its way to the store: read, and helped by what little questions tell before the large one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meadow.core.errors import OverBudget, TooSlow
from meadow.query.desk import Taken
from meadow.query.grammar.clauses import Setting, compiled
from meadow.query.grammar.parse import parse
from meadow.query.grammar.terms import Node, Term, Text, Word, leaves
from meadow.query.grammar.words import Bound, Found
from meadow.query.plan import Question, question

NAMES, IDS = question("tasks_names"), question("tasks_ids")
KNOWN_MAX = 1_000  # as their LIMIT says
PREFIXES_MAX = 4
PREFIX_CHARS_MIN = 3  # a shorter one is no id to be found


@dataclass(frozen=True, slots=True)
class Search:
    """What `q` came to; node: None for an empty one."""

    node: Node | None
    setting: Setting

    def clause(self) -> tuple[str, dict[str, Any]]:
        """For a mark `search`, with its values."""
        bound = Bound()
        return self.where([self.node] if self.node else [], bound), bound.values

    def where(self, nodes: Sequence[Node], bound: Bound) -> str:
        """All of these, behind other conditions."""
        return "".join(f"\n    AND {compiled(node, self.setting, bound)}" for node in nodes)


async def searched(taken: Taken, since_ms: int, until_ms: int, born: str = "since_ms") -> Search:
    """The request's `q`, of tasks born in a range. born: see Setting.
    Raises BadQuestion with the place of what cannot be read."""
    node = parse(taken.ask.text("q"), taken.now_s, taken.caller.permissions)
    words = [leaf for leaf in leaves(node) if isinstance(leaf, Word)]
    prefix = _prefix(words)
    values = {"phrases": [word.text for word in words], "since_ms": since_ms, "until_ms": until_ms}
    names = await _known(taken, NAMES, values) if words else []
    ids: dict[str, list[str]] = {}
    for one in [*([prefix] if prefix else []), *_beginnings(node)][:PREFIXES_MAX]:
        if (known := await _known(taken, IDS, {"prefix": one})) is not None:
            ids[one] = known
    found = Found(names, ids)
    return Search(
        node, Setting(taken.payload, taken.asking.scope.clusters, int(taken.now_s * 1000), born, found, prefix)
    )


def _prefix(words: Sequence[Word]) -> str:
    """The only word, when it could be the beginning of an id."""
    alone = len(words) == 1 and not words[0].quoted and len(words[0].said) >= PREFIX_CHARS_MIN
    return words[0].said if alone else ""


def _beginnings(node: Node | None) -> list[str]:
    terms = [leaf for leaf in leaves(node) if isinstance(leaf, Term) and leaf.field.column == "task_id"]
    return [way.text for term in terms for way in term.ways if isinstance(way, Text)]


async def _known(taken: Taken, asked: Question, values: Mapping[str, Any]) -> list[str] | None:
    """The one column of a statement that only helps the next; None when it takes too long to help, or there is too much."""
    try:
        rows = await taken.asking.ask(asked, values, share=0.3)
    except (TooSlow, OverBudget):
        return None
    found = [str(value) for row in rows for value in row.values()]
    return found if len(found) < KNOWN_MAX else None
