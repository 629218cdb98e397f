"""What a process itself, its registry and its log count, as readings of the metrics."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from meadow.core import meters
from meadow.core.meters import Metric
from meadow.core.readings import Reading
from meadow.core.registry import Registry

STATM = Path("/proc/self/statm")
_LOG: dict[str, Metric] = {
    "unreadable": meters.LOG_UNREADABLE,
    "deleted_unread": meters.LOG_DELETED_UNREAD,
    "producers_replaced": meters.LOG_PRODUCERS_REPLACED,
    "inflight_bytes": meters.LOG_INFLIGHT_BYTES,
}


def of_process() -> Iterator[Reading]:
    """Memory only where there is /proc."""
    yield Reading(meters.PROCESSES, 1)
    yield Reading(meters.PROCESS_CPU, time.process_time())
    if STATM.exists():
        pages = int(STATM.read_text().split()[1])
        yield Reading(meters.PROCESS_MEMORY, pages * os.sysconf("SC_PAGE_SIZE"))


def of_registry(registry: Registry) -> Iterator[Reading]:
    """What of it this process uses."""
    yield Reading(meters.REGISTRY_HEALTHY, registry.healthy)
    yield Reading(meters.REGISTRY_FAILURES, registry.failures)
    yield Reading(meters.REGISTRY_CLUSTERS, len(registry.directory.clusters))
    for reason, count in registry.skipped.items():
        yield Reading(meters.REGISTRY_SKIPPED, count, (reason,))


def of_log(counts: Callable[[], Mapping[str, int]]) -> Iterator[Reading]:
    """counts: as `KafkaLog.counts` gives them; a name that is no metric's is passed over."""
    return (Reading(_LOG[name], value) for name, value in counts().items() if name in _LOG)
