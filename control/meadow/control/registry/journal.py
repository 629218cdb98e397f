"""Every change of a cluster's registration is an event of that cluster; of a tenant's, a line in the log of this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

from meadow.core.blocks import Table, blocks_of
from meadow.core.errors import LogUnavailable
from meadow.core.events import REGISTRY_CHANGED, EventRow
from meadow.core.log import Log
from meadow.core.own_events import OwnRows
from meadow.core.registry_records import ClusterRecord, TenantRecord
from meadow.core.scope import Tenant

Change = Literal["added", "changed", "removed"]
log = logging.getLogger(__name__)


class Journal:
    """The record itself says who changed it last; the events say who did before.

    node, now_s  see OwnRows.
    """

    def __init__(self, to: Log, node: str, within_s: float, now_s: Callable[[], float]) -> None:
        self._log, self._within_s = to, within_s
        self._rows = OwnRows(node, now_s)

    async def cluster(self, tenant: Tenant, record: ClusterRecord, change: Change, by: str) -> None:
        """Never raises: the change has happened. When its event cannot be kept, the log of this process says so."""
        log.info("cluster %s of tenant %s was %s by %s", record.slug, tenant.slug, change, by)
        row = self._row(tenant, record, change, by)
        try:
            async with asyncio.timeout(self._within_s):
                await self._log.append(blocks_of(Table.EVENTS, tenant.id, record.id, [row], self._log.partitions))
        except (LogUnavailable, TimeoutError) as error:
            log.warning("that event was not kept: %r", error)

    def tenant(self, record: TenantRecord, change: Change, by: str) -> None:
        """Says so."""
        log.info("tenant %s was %s by %s", record.slug, change, by)

    def _row(self, tenant: Tenant, record: ClusterRecord, change: Change, by: str) -> EventRow:
        fields = {"change": change, "by": by, "broker": record.shown.url, "version": record.version}
        return self._rows.row(REGISTRY_CHANGED, (tenant.id, record.id), fields)
