"""How long things took, counted by bucket until somebody asks for it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from meadow.core.meters import Metric
from meadow.core.readings import Reading


class Histogram:
    """Of one metric with buckets; a series for every set of labels that was noted, which must be few."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        # Both by labels; within: how many ended within each bucket alone, the last one is +Inf.
        self._within: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * (len(metric.buckets) + 1))
        self._sum: defaultdict[tuple[str, ...], float] = defaultdict(float)

    def note(self, value: float, labels: tuple[str, ...] = ()) -> None:
        """In the metric's unit, with its labels."""
        self._within[labels][bisect_left(self._metric.buckets, value)] += 1
        self._sum[labels] += value

    def readings(self) -> Iterator[Reading]:
        """`_bucket`, each with all that are smaller, `_count` and `_sum`."""
        for labels, within in self._within.items():
            total = 0
            for bound, count in zip((*map(str, self._metric.buckets), "+Inf"), within, strict=True):
                total += count
                yield Reading(self._metric, total, labels, "_bucket", bound)
            yield Reading(self._metric, total, labels, "_count")
            yield Reading(self._metric, self._sum[labels], labels, "_sum")
