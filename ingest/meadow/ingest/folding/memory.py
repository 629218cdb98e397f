"""States of recent tasks in two generations: what was not touched for a whole generation is forgotten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from meadow.ingest.folding.fold_rows import Row, finished, text_bytes


class Key(NamedTuple):
    """What keeps equal task ids of two clusters or tenants apart."""

    partition: int
    tenant: int
    cluster: int


Rows = defaultdict[Key, dict[str, Row]]  # by task id


def rows() -> Rows:
    """None yet."""
    return defaultdict(dict)


def drop(partitions: Collection[int], *maps: dict[Key, Any]) -> None:
    """Forgets everything of these partitions."""
    for mine in maps:
        for key in [key for key in mine if key.partition in partitions]:
            del mine[key]


@dataclass(slots=True)
class Memory:
    """limit: tasks held, about 1 kB each. bytes_max: of the events folded into them, which bounds their texts.

    The older generation goes when the younger is half of either. Its unfinished tasks stay while there is room: they will be
    touched again, and a look-up is dear.
    """

    limit: int = 100_000
    bytes_max: int = 256_000_000
    hot: Rows = field(default_factory=rows)
    warm: Rows = field(default_factory=rows)
    bytes_folded: int = 0  # into the younger generation

    def forget(self) -> None:
        """Called only when everything was shown and named."""
        if sum(map(len, self.hot.values())) < self.limit // 2 and self.bytes_folded < self.bytes_max // 2:
            return
        old, self.warm, self.hot, self.bytes_folded = self.warm, self.hot, rows(), 0
        self._keep_unfinished(old)

    def _keep_unfinished(self, old: Rows) -> None:
        room, room_bytes = self.limit // 4, self.bytes_max // 4
        for key, states in old.items():
            for task, row in states.items():
                if finished(row):
                    continue
                room, room_bytes = room - 1, room_bytes - text_bytes(row)
                if room < 0 or room_bytes < 0:
                    return
                self.warm[key][task] = row

    def drop(self, partitions: Collection[int]) -> None:
        """Forgets what others go on with."""
        drop(partitions, self.hot, self.warm)

    def __len__(self) -> int:
        return sum(len(states) for generation in (self.hot, self.warm) for states in generation.values())
