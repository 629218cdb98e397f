"""The stream's entries as tenants and clusters: what a process of Meadow works by, replaced as a whole when they change."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from meadow.core.connections import Connection
from meadow.core.errors import Sealed
from meadow.core.registry_records import AnyRecord, ClusterRecord, TenantRecord, Unreadable, read
from meadow.core.registry_secrets import opened
from meadow.core.scope import Cluster, Directory, Tenant
from meadow.core.seal import Seal
from meadow.core.stream import Entry

Lasting = TypeVar("Lasting", TenantRecord, ClusterRecord)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class View:
    """tenants    by slug, those that live.
    directory  their clusters, in the order they were added.
    records    by key of the stream, the deleted ones as well.
    skipped    entries that are not used, by reason.
    """

    tenants: Mapping[str, Tenant] = field(default_factory=dict)
    directory: Directory = field(default_factory=lambda: Directory(()))
    records: Mapping[str, AnyRecord] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Seen:
    """An entry that was read: its record, or why there is none; the connection, if it could be opened."""

    version: int
    record: AnyRecord | None
    connection: Connection | None
    reason: str = ""


class Reader:
    """Reads each version of an entry once. seal: None shows connections masked. Never raises for what an entry holds."""

    def __init__(self, seal: Seal | None) -> None:
        self._seal = seal
        self._seen: dict[str, _Seen] = {}

    def view(self, entries: Mapping[str, Entry]) -> View:
        """Of all entries of now."""
        self._seen = {key: self._see(entry) for key, entry in entries.items()}
        records = {key: seen.record for key, seen in self._seen.items() if seen.record is not None}
        skipped = Counter(seen.reason for seen in self._seen.values() if seen.reason)
        tenants = {t.slug: Tenant(t.id, t.slug) for t in _apart(_tenants(records.values()), skipped)}
        clusters = _apart((c for c in _clusters(records.values()) if c.tenant in tenants), skipped)
        directory = Directory(tuple(self._clusters(clusters, tenants)))
        return View(tenants, directory, records, dict(skipped))

    def _see(self, entry: Entry) -> _Seen:
        seen = self._seen.get(entry.key)
        return seen if seen is not None and seen.version == entry.version else self._look(entry)

    def _look(self, entry: Entry) -> _Seen:
        try:
            record = read(entry)
        except Unreadable as error:
            log.warning("the registry's entry %.100r is left out: %s", entry.key, error.reason)
            return _Seen(entry.version, None, None, error.reason)
        if not isinstance(record, ClusterRecord) or record.deleted:
            return _Seen(entry.version, record, None)
        if self._seal is None:
            return _Seen(entry.version, record, record.shown)
        try:
            return _Seen(entry.version, record, opened(record, self._seal))
        except Sealed as error:
            log.error("cluster %s of tenant %s is left out: %s", record.slug, record.tenant, error)
            return _Seen(entry.version, record, None, "sealed")

    def _clusters(self, records: Iterable[ClusterRecord], tenants: Mapping[str, Tenant]) -> Iterable[Cluster]:
        for record in records:
            connection = self._seen[record.key].connection
            if connection is not None:
                yield Cluster(tenants[record.tenant], record.id, record.slug, connection)


def _tenants(records: Iterable[AnyRecord]) -> Iterable[TenantRecord]:
    return (record for record in records if isinstance(record, TenantRecord) and not record.deleted)


def _clusters(records: Iterable[AnyRecord]) -> Iterable[ClusterRecord]:
    return (record for record in records if isinstance(record, ClusterRecord) and not record.deleted)


def _apart(records: Iterable[Lasting], skipped: Counter[str]) -> list[Lasting]:
    """The oldest first; of two with one id the later is left out, in every process the same."""
    kept: dict[tuple[str, int], Lasting] = {}
    for record in sorted(records, key=lambda one: (one.created_at, one.slug)):
        home = record.tenant if isinstance(record, ClusterRecord) else ""
        if kept.setdefault((home, record.id), record) is not record:
            skipped["id taken"] += 1
    return list(kept.values())
