"""The tenant and the clusters that settings name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from meadow.core.connections import Connection


@dataclass(frozen=True, slots=True)
class Seeds:
    """A tenant and its clusters by slug. flags: those that were named for this start alone, which win over what is known."""

    tenant: str
    clusters: Sequence[tuple[str, Connection]] = ()
    flags: frozenset[str] = field(default_factory=frozenset)
