"""Every metric of Meadow: name, kind, unit, labels, meaning. docs/metrics.md is printed from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]
Across = Literal["sum", "max", "min"]
OF_CLUSTER = ("tenant", "cluster")
OF_TENANT = ("tenant",)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, as Prometheus names it.

    unit     of the value; "yes or no" is 1 or 0.
    labels   `tenant` and `cluster` are slugs; all others are of closed sets. A series with `tenant` is that tenant's to
             see, one without is the operator's.
    across   how the values of several processes behind one port become one; counters and histograms are always summed.
    buckets  upper bounds of a histogram, without +Inf.
    """

    name: str
    kind: Kind
    unit: str
    labels: tuple[str, ...]
    meaning: str
    across: Across = "sum"
    buckets: tuple[float, ...] = ()


def _counter(name: str, unit: str, labels: tuple[str, ...], meaning: str) -> Metric:
    return Metric(f"meadow_{name}_total", "counter", unit, labels, meaning)


def _gauge(name: str, unit: str, labels: tuple[str, ...], meaning: str, across: Across = "sum") -> Metric:
    return Metric(f"meadow_{name}", "gauge", unit, labels, meaning, across)


def _state(name: str, labels: tuple[str, ...], meaning: str) -> Metric:
    return _gauge(name, "yes or no", labels, meaning, "min")


EVENTS_RECEIVED = _counter("events_received", "events", OF_CLUSTER, "Taken from the broker, before any was dropped.")
EVENTS_DROPPED = _counter("events_dropped", "events", (*OF_CLUSTER, "reason"), "Left out on purpose, by DropReason.")
DEAD_LETTERS = _counter("dead_letters", "messages", (*OF_CLUSTER, "reason"), "Not understood, and kept, by DeadReason.")
GAPS = _counter("gaps", "gaps", OF_CLUSTER, "Times a source may have lost what was sent while nobody listened.")
BROKER_CONNECTED = _state("broker_connected", OF_CLUSTER, "Whether this node's collector has its broker.")
CLUSTERS_HELD = _gauge("clusters_held", "clusters", (), "Clusters this node collects now.")
COLLECTOR_RESTARTS = _counter("collector_restarts", "times", (), "Collectors that failed and were made again.")
OWNERSHIP_HEALTHY = _state("ownership_healthy", (), "Whether this node is in the group that shares the clusters out.")

WRITER_RECORDS = _counter("writer_records", "records", (), "Blocks taken from the log, those taken again included.")
WRITER_ROWS = _counter("writer_rows", "rows", (), "Rows in those blocks.")
WRITER_COMMITS = _counter("writer_commits", "commits", (), "Positions moved forward after the store acknowledged.")
WRITER_COMMITS_REFUSED = _counter("writer_commits_refused", "commits", (), "Of partitions another writer had by then.")
WRITER_RETRIES = _counter("writer_retries", "times", (), "Steps tried again because the log or the store was away.")
WRITER_FAULTS = _counter(
    "writer_faults", "times", (), "Failures nobody foresaw; everything since the commit was read again."
)
WRITER_LATE = _counter("writer_late", "events", (), "Of tasks put aside for the audit, beyond the bound of look-ups.")
WRITER_TASKS_REFUSED = _counter("writer_tasks_refused", "tasks", (), "Task rows that the store will never take.")
WRITER_DEAD_LETTERS = _counter(
    "writer_dead_letters", "rows", ("reason",), "Rows that became dead letters, by DeadReason."
)
WRITER_TASKS_HELD = _gauge("writer_tasks_held", "tasks", (), "Tasks in memory.")
WRITER_PARTITIONS = _gauge("writer_partitions", "partitions", (), "Partitions of the log this writer has.")
WRITER_LAG_RECORDS = _gauge("writer_lag_records", "records", (), "Not committed yet, in this writer's partitions.")
WRITER_LAG_SECONDS = _gauge(
    "writer_lag_seconds", "seconds", (), "Age of the oldest of them; 0 when there is none.", "max"
)
WRITER_HEALTHY = _state("writer_healthy", (), "Whether it follows the log and its last step succeeded.")
AUDIT_MENDED = _counter(
    "audit_mended", "tasks", (), "Rows that said less than their events; anything but 0 was a fault."
)
AUDIT_JOINED_LATE = _counter("audit_joined_late", "tasks", (), "Put aside by the writer, and joined.")
AUDIT_WINDOWS = _counter("audit_windows", "windows", (), "Windows of time that were compared.")
AUDIT_FAILURES = _counter("audit_failures", "times", (), "Rounds that were given up until the next.")

LOG_APPENDED_BLOCKS = _counter("log_appended_blocks", "blocks", ("table",), "Durable on the log, by where they end.")
LOG_APPENDED_ROWS = _counter("log_appended_rows", "rows", ("table",), "Rows in those blocks.")
LOG_APPENDED_BYTES = _counter("log_appended_bytes", "bytes", ("table",), "Their size before compression.")
LOG_APPEND_FAILURES = _counter(
    "log_append_failures", "appends", ("reason",), "unavailable: tried again by whoever asked; refused: never taken."
)
LOG_APPEND_SECONDS = Metric(
    name="meadow_log_append_seconds",
    kind="histogram",
    unit="seconds",
    labels=(),
    meaning="From an append to its being durable, waiting for room included; those that failed are left out.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
LOG_UNREADABLE = _counter("log_unreadable", "records", (), "Records this process cannot read and passed over.")
LOG_DELETED_UNREAD = _counter(
    "log_deleted_unread", "records", (), "Offsets a reader did not find any more: deleted first."
)
LOG_PRODUCERS_REPLACED = _counter(
    "log_producers_replaced", "times", (), "Producers given up after Kafka refused to go on."
)
LOG_INFLIGHT_BYTES = _gauge("log_inflight_bytes", "bytes", (), "Handed to Kafka and not acknowledged yet.")
REGISTRY_HEALTHY = _state("registry_healthy", (), "Whether changes of tenants and clusters are followed.")
REGISTRY_FAILURES = _counter("registry_failures", "times", (), "Changes could not be followed, and it was tried again.")
REGISTRY_CLUSTERS = _gauge("registry_clusters", "clusters", (), "Clusters this process knows.", "max")
REGISTRY_SKIPPED = _gauge("registry_skipped", "entries", ("reason",), "Entries that are not used, by reason.", "max")

INSPECT_ROUNDS = _counter(
    "inspect_rounds", "rounds", (*OF_CLUSTER, "outcome"), "Looks at a cluster's workers by Meadow itself, by Round."
)

QUESTIONS_RUNNING = _gauge("questions_running", "questions", OF_TENANT, "Being answered now.")
QUESTIONS_WAITING = _gauge("questions_waiting", "questions", OF_TENANT, "Waiting for their turn.")
LIVE_STREAMS = _gauge("live_streams", "streams", OF_TENANT, "Live views that are open.")
FORWARD_FAILURES = _counter(
    "forward_failures", "times", ("part", "reason"), "A process behind the front: away, lost, silent."
)
HTTP_REQUESTS = _counter(
    "http_requests", "requests", ("method", "route", "status"), "Answered, by the route's template."
)
HTTP_RUNNING = _gauge("http_requests_running", "requests", (), "Being answered now, streams included.")
HTTP_SECONDS = Metric(
    name="meadow_http_request_seconds",
    kind="histogram",
    unit="seconds",
    labels=("route",),
    meaning="From the head of a request to the end of its answer; streams are left out.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
PROCESSES = _gauge("processes", "processes", (), "Processes behind this port.")
PROCESS_CPU = _counter("process_cpu_seconds", "seconds", (), "CPU time, of the system too.")
PROCESS_MEMORY = _gauge("process_memory_bytes", "bytes", (), "Resident memory.")
METER_FAILURES = _counter("meter_failures", "times", (), "Readings that failed and are missing from a scrape.")

METRICS: tuple[Metric, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Metric))
BY_NAME = {metric.name: metric for metric in METRICS}
