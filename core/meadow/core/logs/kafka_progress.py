"""How far a reader of a group is in each of its partitions: what is committed, what is taken, how old it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from meadow.core.log import Positions, Record, Span

TIMES_MAX = 50_000  # of records taken and not committed, by partition


@dataclass(slots=True)
class _Place:
    """committed   the group's position.
    taken       offset and time of records not committed, oldest first.
    since       epoch s; what is not taken yet is younger.
    aside       from, to: records no reader can read, right behind the last one that was taken.
    end         one past the newest offset that is known.
    """

    committed: int
    end: int
    since: float
    aside: tuple[int, int]
    taken: deque[tuple[int, float]] = field(default_factory=deque)

    def past(self, offset: int) -> int:
        """The same, or the next that can be read."""
        return self.aside[1] if self.aside[0] <= offset < self.aside[1] else offset


class Progress:
    """By partition, for those the reader has."""

    def __init__(self) -> None:
        self._places: dict[int, _Place] = {}

    @property
    def partitions(self) -> frozenset[int]:
        return frozenset(self._places)

    def begin(self, spans: Mapping[int, Span], now_s: float) -> None:
        """Of partitions that are new."""
        for p, span in spans.items():
            self._places[p] = _Place(span.committed, span.end, now_s, (span.committed, span.committed))

    def end(self, partitions: Collection[int]) -> None:
        """The reader has these no more."""
        for partition in partitions:
            del self._places[partition]

    def stands(self, partition: int, committed: int) -> bool:
        """Whether the reader has it, and the group's position is where this reader put it."""
        return partition in self._places and self._places[partition].committed == committed

    def took(self, records: Sequence[Record], positions: Positions) -> None:
        """positions: where the reading goes on, behind the records and whatever was passed over."""
        last: dict[int, int] = {}
        for record in records:
            place = self._places[record.partition]
            place.since = record.appended_at
            last[record.partition] = record.offset + 1
            if len(place.taken) < TIMES_MAX:
                place.taken.append((record.offset, record.appended_at))
        for partition, offset in positions.items():
            place = self._places[partition]
            place.aside = (last.get(partition, place.aside[0]), offset)
            place.end = max(place.end, offset)

    def forward(self, positions: Positions) -> dict[int, int]:
        """Those that move the group forward, and past what cannot be read."""
        moved = {p: self._places[p].past(offset) for p, offset in positions.items()}
        return {p: offset for p, offset in moved.items() if offset > self._places[p].committed}

    def beyond(self, positions: Positions) -> bool:
        """Whether one lies behind all that is known to be there."""
        return any(offset > self._places[p].end for p, offset in positions.items())

    def committed(self, positions: Positions) -> None:
        for partition, offset in positions.items():
            place = self._places[partition]
            place.committed = offset
            while place.taken and place.taken[0][0] < offset:
                place.taken.popleft()

    def behind(self, ends: Positions, now_s: float) -> tuple[int, float]:
        """Records not committed, and the age of the oldest in s. ends: as of now."""
        records, oldest = 0, now_s
        for partition, place in self._places.items():
            place.end = max(place.end, ends[partition])
            missing = place.end - place.past(place.committed)
            if missing <= 0:
                place.since = now_s
                continue
            records += missing
            oldest = min(oldest, place.taken[0][1] if place.taken else place.since)
        return records, max(0.0, now_s - oldest)
