"""One thing that is wrong now: a sentence with its numbers, since when, why, and where the list behind it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from meadow.query.times import shown_s

Kind = Literal[
    "not_connected",
    "lag",
    "failing",
    "lost",
    "silent_worker",
    "stuck",
    "backlog",
    "no_events",
    "incomplete",
    "slow",
]
# The worst first, where two are as severe: what hides the others, then what loses work, then what delays it.
KINDS: tuple[Kind, ...] = get_args(Kind)
SEVERITIES = ("critical", "warning")
# Of workers and clusters, not of tasks: for those who may see workers.
OF_WORKERS = frozenset({"not_connected", "lag", "silent_worker", "no_events", "incomplete"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where the list behind a problem is. page: tasks, worker, workers or overview; params: of that page."""

    page: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """cluster: its slug. subject: a task's name, a worker, a queue or the cluster. since_s: epoch seconds, None when not known.
    value, usual: in `unit`; usual None when there is none. count: how many tasks or workers it is about. weight: among those of
    its kind, the larger the worse."""

    kind: Kind
    critical: bool
    cluster: str
    subject: str
    text: str
    cause: str | None = None
    since_s: float | None = None
    value: float | None = None
    usual: float | None = None
    unit: str = ""
    count: int | None = None
    link: Link = field(default_factory=lambda: Link(page="overview", params={}))
    weight: float = 0.0

    @property
    def id(self) -> str:
        """The same as long as it lasts, whatever its numbers become."""
        text = "\x1f".join((self.kind, self.cluster, self.subject))
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def shown(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "severity": SEVERITIES[0 if self.critical else 1],
            "cluster": self.cluster,
            "subject": self.subject,
            "text": self.text,
            "cause": self.cause,
            "since": shown_s(self.since_s),
            "value": _rounded(self.value),
            "usual": _rounded(self.usual),
            "unit": self.unit,
            "count": self.count,
            "link": {"page": self.link.page, "params": dict(self.link.params)},
        }


def worst_first(problems: Iterable[Problem]) -> list[Problem]:
    """In an order that does not depend on theirs."""
    return sorted(problems, key=lambda p: (not p.critical, KINDS.index(p.kind), -p.weight, p.cluster, p.subject))


def _rounded(value: float | None) -> float | None:
    return round(value, 6) if value is not None else None
