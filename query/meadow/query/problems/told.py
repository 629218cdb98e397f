"""All kinds of problems, from what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from meadow.query.problems.clusters import not_heard, not_seen
from meadow.query.problems.held import lost, stuck
from meadow.query.problems.names import failing, slow
from meadow.query.problems.problem import Problem
from meadow.query.problems.queues import backlog
from meadow.query.problems.seen import Seen
from meadow.query.problems.thresholds import Thresholds
from meadow.query.problems.workers import silent

Find = Callable[[Seen, Thresholds], Iterator[Problem]]
# Each with the parts it is told from: where one could not be read, nothing is told.
FINDS: tuple[tuple[Find, frozenset[str]], ...] = (
    (not_heard, frozenset({"clusters"})),
    (not_seen, frozenset({"completeness"})),
    (failing, frozenset({"recent", "usual"})),
    (slow, frozenset({"recent", "usual"})),
    (lost, frozenset({"held"})),
    (stuck, frozenset({"held", "usual", "workers"})),
    (silent, frozenset({"held", "workers", "clusters"})),
    (backlog, frozenset({"queues", "workers", "clusters", "completeness"})),
)


def told(seen: Seen, than: Thresholds) -> list[Problem]:
    """In no order; those of names not yet explained."""
    return [problem for find, needs in FINDS if not needs & seen.unread for problem in find(seen, than)]
