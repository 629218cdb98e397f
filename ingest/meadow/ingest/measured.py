"""What collecting and writing count, as readings of the metrics."""

from __future__ import annotations

from collections.abc import Iterator

from meadow.core import meters
from meadow.core.meters import Metric
from meadow.core.readings import Reading
from meadow.ingest.audit import Audit
from meadow.ingest.collector import Collector
from meadow.ingest.node import Node
from meadow.ingest.ownership import Ownership
from meadow.ingest.writer import Writer

_WRITER: dict[str, Metric] = {
    "records": meters.WRITER_RECORDS,
    "rows": meters.WRITER_ROWS,
    "commits": meters.WRITER_COMMITS,
    "commits_refused": meters.WRITER_COMMITS_REFUSED,
    "retries": meters.WRITER_RETRIES,
    "faults": meters.WRITER_FAULTS,
    "too_late": meters.WRITER_LATE,
    "tasks_refused": meters.WRITER_TASKS_REFUSED,
    "tasks_held": meters.WRITER_TASKS_HELD,
}
_AUDIT: dict[str, Metric] = {
    "mended": meters.AUDIT_MENDED,
    "joined_late": meters.AUDIT_JOINED_LATE,
    "windows": meters.AUDIT_WINDOWS,
    "failures": meters.AUDIT_FAILURES,
}


def of_node(node: Node, ownership: Ownership) -> Iterator[Reading]:
    """An ingest node and every collector that runs on it now."""
    yield Reading(meters.CLUSTERS_HELD, len(node.held))
    yield Reading(meters.COLLECTOR_RESTARTS, node.restarts)
    yield Reading(meters.OWNERSHIP_HEALTHY, ownership.healthy)
    for collector in node.collectors:
        yield from of_collector(collector)


def of_collector(collector: Collector) -> Iterator[Reading]:
    """Totals start anew with each collector, as Prometheus expects of what was restarted."""
    labels = (collector.cluster.tenant.slug, collector.cluster.slug)
    counts = collector.counts
    yield Reading(meters.EVENTS_RECEIVED, counts.received, labels)
    yield Reading(meters.GAPS, counts.gaps, labels)
    yield Reading(meters.BROKER_CONNECTED, collector.source_state.connected, labels)
    for dropped, count in counts.drops.items():
        yield Reading(meters.EVENTS_DROPPED, count, (*labels, str(dropped)))
    for dead, count in counts.dead.items():
        yield Reading(meters.DEAD_LETTERS, count, (*labels, str(dead)))


def of_writer(writer: Writer) -> Iterator[Reading]:
    """Its lag is as of the last second."""
    for name, value in writer.counts.items():
        if name in _WRITER:
            yield Reading(_WRITER[name], value)
        elif name.startswith("dead:"):
            yield Reading(meters.WRITER_DEAD_LETTERS, value, (name.removeprefix("dead:"),))
    yield Reading(meters.WRITER_PARTITIONS, len(writer.owned()))
    yield Reading(meters.WRITER_LAG_RECORDS, writer.lag.records)
    yield Reading(meters.WRITER_LAG_SECONDS, writer.lag.age_s)
    yield Reading(meters.WRITER_HEALTHY, writer.healthy)


def of_audit(audit: Audit) -> Iterator[Reading]:
    """Since the start."""
    for name, value in audit.counts.items():
        if name in _AUDIT:
            yield Reading(_AUDIT[name], value)
