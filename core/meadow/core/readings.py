"""What the metrics say now: read from what services count anyway, when somebody asks; nothing is counted for it before."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from meadow.core.meters import METER_FAILURES, Across, Metric

Suffix = Literal["", "_bucket", "_sum", "_count"]
Read = Callable[[], Iterable["Reading"]]
_ACROSS: Mapping[Across, Callable[[Sequence[float]], float]] = {"sum": sum, "max": max, "min": min}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """One series and its value. labels: in the order of the metric's. suffix, le: of a histogram's series, else empty.

    Raises ValueError for another number of labels.
    """

    metric: Metric
    value: float
    labels: tuple[str, ...] = ()
    suffix: Suffix = ""
    le: str = ""

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.metric.labels):
            raise ValueError(f"{self.metric.name} has the labels {self.metric.labels}, not {self.labels}")

    @property
    def series(self) -> tuple[str, Suffix, str, tuple[str, ...]]:
        """What tells it from all others."""
        return self.metric.name, self.suffix, self.le, self.labels

    def label(self, name: str) -> str | None:
        """The value of a label; None when the metric has none of that name."""
        return self.labels[self.metric.labels.index(name)] if name in self.metric.labels else None


class Meters:
    """What one process can be asked for. Whoever assembles it says what to watch.

    A reading that fails is logged, counted, and missing: a scrape still gets all others.
    """

    def __init__(self) -> None:
        self._watched: list[Read] = []
        self._failures = 0

    def watch(self, *reads: Read) -> None:
        """Each is called at every scrape, in the event loop: it answers at once, from memory."""
        self._watched += reads

    def read(self) -> Sequence[Reading]:
        """All of now, each series once."""
        found = [reading for read in self._watched for reading in self._tried(read)]
        return merged([*found, Reading(METER_FAILURES, self._failures)])

    async def everything(self) -> Sequence[Reading]:
        """The same, for whoever would wait for other processes."""
        return self.read()

    def _tried(self, read: Read) -> Sequence[Reading]:
        try:
            return list(read())
        except Exception:  # one fault must not hide what all others count
            log.exception("a reading failed")
            self._failures += 1
            return ()


def merged(readings: Iterable[Reading]) -> Sequence[Reading]:
    """Each series once; what several say becomes one as its metric says."""
    found: dict[tuple[str, Suffix, str, tuple[str, ...]], list[Reading]] = {}
    for reading in readings:
        found.setdefault(reading.series, []).append(reading)
    return [several[0] if len(several) == 1 else _one(several) for several in found.values()]


def _one(several: Sequence[Reading]) -> Reading:
    first, values = several[0], [reading.value for reading in several]
    return replace(first, value=_ACROSS[first.metric.across](values))
