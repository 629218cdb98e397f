"""The registry's records: looked up in memory, changed one at a time by compare and set."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings, Conflict, NotFound
from meadow.core.registry_records import CLUSTERS_DEFAULT, ClusterRecord, TenantRecord, written
from meadow.core.registry_secrets import opened, sealed, shown
from meadow.core.registry_view import View
from meadow.core.seal import Seal
from meadow.core.slugs import checked_slug, stable_id
from meadow.core.stream import Stream

NO_KEY = "This process has no registry key, so it cannot read or keep a broker's URL: give it --registry-key."
Kept = TypeVar("Kept", TenantRecord, ClusterRecord)


class Book:
    """Every put and remove takes `by`, who asks, and `expected`, the version of the record they saw: 0 for one that is absent
    or deleted, None for whatever is there. They return when it is durable and this process knows it.

    Raise   Stale, and then this process knows what is there now; LogUnavailable: it may or may not have been taken, read
            again; BadSettings for what can never be kept; Sealed.
    """

    def __init__(self, stream: Stream, seal: Seal | None, now_s: Callable[[], float] = time.time) -> None:
        self._stream, self._seal, self._now_s = stream, seal, now_s
        self._view = View()

    def tenant(self, slug: str) -> TenantRecord:
        """Raises NotFound for one that is absent or deleted."""
        found = self._view.records.get(f"tenant/{slug}")
        if not isinstance(found, TenantRecord) or found.deleted:
            raise NotFound("No tenant of that name.", field="tenant")
        return found

    def cluster(self, tenant: str, slug: str) -> ClusterRecord:
        """Of the tenant of that slug; also one that no key opens. Raises NotFound for one that is absent or deleted."""
        found = self._view.records.get(f"cluster/{tenant}/{slug}")
        if not isinstance(found, ClusterRecord) or found.deleted:
            raise NotFound("No cluster of that name.", field="cluster")
        return found

    def all_tenants(self) -> list[TenantRecord]:
        """Those that live, by slug."""
        return sorted((one for one in self._tenants() if not one.deleted), key=lambda one: one.slug)

    def all_clusters(self, tenant: str) -> list[ClusterRecord]:
        """Those that live of a tenant, by slug."""
        return sorted((one for one in self._clusters(tenant) if not one.deleted), key=lambda one: one.slug)

    def is_known(self, *names: str) -> bool:
        """Whether there is a record of that tenant, or of that tenant's cluster, be it a removed one."""
        return f"{'tenant' if len(names) == 1 else 'cluster'}/{'/'.join(names)}" in self._view.records

    def tenants_ever(self) -> int:
        """How many names of tenants there are records of, the removed ones as well: those stay for ever."""
        return sum(1 for _ in self._tenants())

    def clusters_ever(self, tenant: str) -> int:
        """The same of a tenant's clusters."""
        return sum(1 for _ in self._clusters(tenant))

    def connection(self, record: ClusterRecord) -> Connection:
        """With its secrets. Raises Sealed; BadSettings where there is no key."""
        return opened(record, self._key())

    async def put_tenant(
        self, slug: str, *, by: str, expected: int | None, name: str = "", clusters_max: int = CLUSTERS_DEFAULT
    ) -> TenantRecord:
        """Adds or changes one. Raises Conflict when its id is another's."""
        record = TenantRecord(slug=checked_slug(slug), id=stable_id(slug), name=name, clusters_max=clusters_max)
        _refuse_twin(record, self._tenants())
        return await self._put(record, by, expected)

    async def remove_tenant(self, slug: str, *, by: str, expected: int | None) -> None:
        """Its tokens hold no longer. Raises NotFound; Conflict while it has clusters."""
        record = self.tenant(slug)
        if self.all_clusters(slug):
            raise Conflict(f"{slug} still has clusters; remove them first.", accepts="a tenant without clusters")
        await self._put(dataclasses.replace(record, deleted=True), by, expected)

    async def put_cluster(
        self,
        tenant: str,
        slug: str,
        connection: Connection,
        *,
        by: str,
        expected: int | None,
        seeded: bool = False,
    ) -> ClusterRecord:
        """Adds or changes one. Raises Conflict when its id is another cluster's of the tenant."""
        key = f"cluster/{checked_slug(tenant)}/{checked_slug(slug)}"
        secret = sealed(connection, key, self._key())
        record = ClusterRecord(
            tenant=tenant, slug=slug, id=stable_id(slug), shown=shown(connection), sealed=secret, seeded=seeded
        )
        _refuse_twin(record, self._clusters(tenant))
        return await self._put(record, by, expected)

    async def remove_cluster(
        self, tenant: str, slug: str, *, by: str, expected: int | None, seeded: bool = False
    ) -> None:
        """Its record and its history stay, its secrets go; added again it is the same cluster. Raises NotFound."""
        record = dataclasses.replace(self.cluster(tenant, slug), deleted=True, sealed="", seeded=seeded)
        await self._put(record, by, expected)

    async def _put(self, record: Kept, by: str, expected: int | None) -> Kept:
        before = self._view.records.get(record.key)
        now_s = self._now_s()
        record = dataclasses.replace(
            record, created_at=before.created_at if before else now_s, changed_at=now_s, changed_by=by
        )
        if expected == 0 and before is not None and before.deleted:
            expected = before.version
        version = await self._stream.put(record.key, written(record), expected)
        return dataclasses.replace(record, version=version)

    def _tenants(self) -> Iterable[TenantRecord]:
        return (record for record in self._view.records.values() if isinstance(record, TenantRecord))

    def _clusters(self, tenant: str) -> Iterable[ClusterRecord]:
        records = (record for record in self._view.records.values() if isinstance(record, ClusterRecord))
        return (record for record in records if record.tenant == tenant)

    def _key(self) -> Seal:
        if self._seal is None:
            raise BadSettings(NO_KEY)
        return self._seal


def _refuse_twin(record: Kept, others: Iterable[Kept]) -> None:
    for other in others:
        if other.key != record.key and other.id == record.id:
            raise Conflict(f"{record.key} and {other.key} cannot be told apart; choose another name.")
