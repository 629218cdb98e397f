"""Every change of a cluster's registration is an event of that cluster; of a tenant's, a line in the log of this process."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from itertools import count
from typing import Literal

import orjson

from meadow.core.blocks import Table, blocks_of
from meadow.core.errors import LogUnavailable
from meadow.core.events import REGISTRY_CHANGED, EventRow
from meadow.core.log import Log
from meadow.core.registry_records import ClusterRecord, TenantRecord
from meadow.core.scope import Tenant

Change = Literal["added", "changed", "removed"]
log = logging.getLogger(__name__)


class Journal:
    """The record itself says who changed it last; the events say who did before.

    node   this process's name; with the pid and a counter it makes every event one of its own.
    now_s  epoch seconds.
    """

    def __init__(self, to: Log, node: str, within_s: float, now_s: Callable[[], float]) -> None:
        self._log, self._node, self._within_s, self._now_s = to, node, within_s, now_s
        self._clock = count(1)

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
        now_s = round(self._now_s(), 6)
        fields = {"change": change, "by": by, "broker": record.shown.url, "version": record.version}
        return {
            "tenant_id": tenant.id,
            "cluster_id": record.id,
            "task_id": "",
            "type": REGISTRY_CHANGED,
            "at": now_s,
            "received_at": now_s,
            "hostname": self._node,
            "pid": os.getpid(),
            "clock": next(self._clock),
            "fields": orjson.dumps(fields).decode(),
        }
