"""The registry: tenants and clusters, kept on a compacted stream and known to every process of Meadow."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial

from meadow.core.connections import Connection
from meadow.core.errors import NotFound, Sealed
from meadow.core.registry_book import Book
from meadow.core.registry_records import ClusterRecord, TenantRecord, written
from meadow.core.registry_secrets import opened, sealed
from meadow.core.registry_view import Reader
from meadow.core.scope import Directory, Tenant
from meadow.core.seal import Seal
from meadow.core.stream import Stale, Stream

SEEDER = "settings"  # in `changed_by` of what settings changed
TRIES_MAX = 10
log = logging.getLogger(__name__)


class Registry(Book):
    """A Service that owns its stream: starts, runs and stops it.

    seal    None where nobody needs a broker's password: connections are masked, and clusters cannot be put.
    now_s   epoch seconds.
    """

    name = "registry"

    def __init__(self, stream: Stream, seal: Seal | None, now_s: Callable[[], float] = time.time) -> None:
        super().__init__(stream, seal, now_s)
        self._reader = Reader(seal)
        self._tells: list[Callable[[], None]] = []
        stream.on_change(self._changed)

    @property
    def directory(self) -> Directory:
        """The clusters of now; another object whenever something changed. Empty until `start` has returned."""
        return self._view.directory

    def tenants(self) -> Mapping[str, Tenant]:
        """The tenants of now, by slug."""
        return self._view.tenants

    @property
    def skipped(self) -> Mapping[str, int]:
        """Entries that are not used, by reason: what a newer Meadow wrote, what no key opens, what is no record or no entry."""
        return {**self._view.skipped, **self._stream.skipped}

    @property
    def healthy(self) -> bool:
        """Whether changes are followed; if not, what was known last still stands."""
        return self._stream.healthy

    @property
    def failures(self) -> int:
        """How often changes could not be followed and it was tried again."""
        return self._stream.failures

    def on_change(self, tell: Callable[[], None]) -> None:
        """Calls `tell` after every change, and once after start. It must not raise or wait."""
        self._tells.append(tell)

    async def start(self) -> None:
        """Returns when everything is known as of now; waits for a log that is away."""
        await self._stream.start()

    async def run(self) -> None:
        await self._stream.run()

    async def stop(self) -> None:
        await self._stream.stop()

    async def seed(
        self,
        tenant: str,
        clusters: Sequence[tuple[str, Connection]],
        *,
        flags: Collection[str] = (),
        prune: bool = False,
    ) -> None:
        """Makes known what settings name: a tenant and its clusters. What a person changed or removed stays as they left it.

        flags  slugs of those that were named for this start alone: they win, whoever changed them before.
        prune  these are all seeds there are: others that were seeded before, of any tenant, are removed.
        """
        await _again(partial(self._seed_tenant, tenant, wins=prune or bool(flags)))
        for slug, connection in clusters:
            await _again(partial(self._seed_cluster, tenant, slug, connection, wins=slug in flags))
        if prune:
            await _again(partial(self._prune, {f"cluster/{tenant}/{slug}" for slug, _ in clusters}))

    async def reseal(self) -> int:
        """Seals again what an older key has sealed; how many there were. Afterwards that key may go. What no key opens stays
        as it is: it is counted in `skipped`."""
        old = [record.key for record in self._live() if not self._key().by_first(record.sealed)]
        for key in old:
            await _again(partial(self._reseal, key))
        return len(old) - len([key for key in old if self._is_closed(key)])

    async def _reseal(self, key: str) -> None:
        record, seal = self._view.records.get(key), self._key()
        if not isinstance(record, ClusterRecord) or record.deleted or seal.by_first(record.sealed):
            return  # done by another process meanwhile
        if not self._is_closed(key):
            again = dataclasses.replace(record, sealed=sealed(opened(record, seal), key, seal))
            await self._stream.put(key, written(again), record.version)

    def _is_closed(self, key: str) -> bool:
        record = self._view.records.get(key)
        if not isinstance(record, ClusterRecord) or record.deleted:
            return False
        try:
            self.connection(record)
        except Sealed:
            return True
        return False

    async def _seed_tenant(self, slug: str, *, wins: bool) -> None:
        before = self._view.records.get(f"tenant/{slug}")
        if isinstance(before, TenantRecord) and before.deleted and wins:
            most = before.clusters_max
            await self.put_tenant(slug, by=SEEDER, expected=before.version, name=before.name, clusters_max=most)
        elif not self._holds(f"tenant/{slug}"):
            await self.put_tenant(slug, by=SEEDER, expected=0)

    async def _seed_cluster(self, tenant: str, slug: str, connection: Connection, *, wins: bool) -> None:
        before = self._view.records.get(f"cluster/{tenant}/{slug}")
        if before is None and self._holds(f"cluster/{tenant}/{slug}"):
            return  # it cannot be read, and is counted as that
        if before is not None and not wins and not before.seeded:
            return
        if isinstance(before, ClusterRecord) and not before.deleted and self._is(before, connection):
            return
        expected = before.version if before else 0
        seeded = before is None or before.seeded  # what a person has changed once is never pruned
        await self.put_cluster(tenant, slug, connection, by=SEEDER, expected=expected, seeded=seeded)

    def _holds(self, key: str) -> bool:
        return key in self._stream.entries

    def _is(self, record: ClusterRecord, connection: Connection) -> bool:
        try:
            return self.connection(record) == connection
        except Sealed:
            return False

    async def _prune(self, kept: Collection[str]) -> None:
        for record in self._live():
            if record.seeded and record.key not in kept:
                await self.remove_cluster(record.tenant, record.slug, by=SEEDER, expected=record.version, seeded=True)

    def _live(self) -> list[ClusterRecord]:
        records = (record for record in self._view.records.values() if isinstance(record, ClusterRecord))
        return [record for record in records if not record.deleted]

    def _changed(self) -> None:
        self._view = self._reader.view(self._stream.entries)
        for tell in self._tells:
            tell()


async def _again(change: Callable[[], Awaitable[None]]) -> None:
    """Until nobody else changes the same at the same moment."""
    for _ in range(TRIES_MAX - 1):
        try:
            await change()
        except (Stale, NotFound):
            log.info("another process changes the registry at the same time; looking again")
        else:
            return
    await change()
