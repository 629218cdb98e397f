"""What the store says of a field now: the rows that all kinds of problems are told from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Rows = Sequence[Mapping[str, Any]]
Name = tuple[int, str]  # a cluster's id, and a task's name


@dataclass(frozen=True)
class Seen:
    """Rows as `sql/problems_*.sql` answer them.

    slugs          of the clusters, by id.
    recent, usual  of names, now and before.
    clusters       as /clusters shows each, by id.
    unread         parts, by these names, that could not be read in time: nothing may be told from their absence. Of the
                   clusters' completeness: `completeness`.
    """

    now_s: float
    slugs: Mapping[int, str]
    recent: Rows
    usual: Rows
    held: Rows
    queues: Rows
    workers: Rows
    clusters: Mapping[int, Mapping[str, Any]]
    unread: frozenset[str] = frozenset()

    @cached_property
    def usual_of(self) -> Mapping[Name, Mapping[str, Any]]:
        return {(row["cluster_id"], row["name"]): row for row in self.usual}

    @cached_property
    def deaf(self) -> frozenset[int]:
        """Clusters that Meadow itself does not hear now: what they do not say tells nothing of them."""
        return frozenset(number for number, one in self.clusters.items() if one["connected"] is not True)

    @cached_property
    def blind(self) -> frozenset[int]:
        """Clusters whose workers do tasks and say nothing of them: what did not begin there cannot be told."""
        return frozenset(number for number, one in self.clusters.items() if says_nothing(one["completeness"]))


def says_nothing(completeness: Mapping[str, Any]) -> bool:
    """Of what workers counted in their heartbeats, nothing was seen to start."""
    return not completeness["seen"] and bool(completeness["known"])
