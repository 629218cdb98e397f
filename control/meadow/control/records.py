"""Looks into the store for what control must know: who is online, in what state tasks are, what was asked before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

import orjson

from meadow.control.outcome import Fields, shown
from meadow.core.events import COMMAND_ANSWERED, COMMAND_ASKED
from meadow.core.scope import Cluster, Tenant
from meadow.core.store import Limits, Store

WORKERS_MAX = 10_000
YOUNG_MS = 3_600_000  # a task this young may not be named in `task_ids` yet
LAST = (2**62, "~")  # a cursor before which everything is
Position = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Filter:
    """Of commands: "" is any. from_us, to_us: when it was asked, epoch microseconds; the second is not in it."""

    command: str = ""
    state: str = ""
    asked_by: str = ""
    from_us: int = 0
    to_us: int = LAST[0]


class Records:
    """now_s: epoch seconds. Raises TooSlow and StoreUnavailable as the store does."""

    def __init__(self, store: Store, within_s: float, now_s: Callable[[], float]) -> None:
        self._store = store
        self._limits = Limits(deadline_s=within_s)
        self._now_s = now_s

    async def online(self, cluster: Cluster) -> frozenset[str]:
        """Hostnames that were heard lately; at most WORKERS_MAX."""
        return frozenset(await self.processes(cluster))

    async def processes(self, cluster: Cluster) -> dict[str, int]:
        """The same with the process id of each: another one tells that a worker was started again."""
        now_ms = int(self._now_s() * 1000)
        rows = await self._ask("online", **_of(cluster), now_ms=now_ms, limit=WORKERS_MAX)
        return {row["hostname"]: row["pid"] for row in rows}

    async def states(self, cluster: Cluster, task_ids: Sequence[str]) -> Mapping[str, str]:
        """Of those tasks that are known."""
        if not task_ids:
            return {}
        young_ms = int(self._now_s() * 1000) - YOUNG_MS
        rows = await self._ask("task_states", **_of(cluster), task_ids=list(task_ids), young_ms=young_ms)
        return {row["task_id"]: row["state"] for row in rows}

    async def command(self, tenant: Tenant, command_id: str) -> tuple[int, Fields, bool] | None:
        """Its cluster's id, its newest fields, and whether they are an answer's; None when it was never asked."""
        rows = await self._ask("command", tenant_id=tenant.id, command_id=command_id)
        by_type = {row["type"]: row for row in rows}
        row = by_type.get(COMMAND_ANSWERED) or by_type.get(COMMAND_ASKED)
        return (row["cluster_id"], _fields(row["fields"]), COMMAND_ANSWERED in by_type) if row else None

    async def commands(
        self, tenant: Tenant, cluster_ids: Collection[int], only: Filter, before: Position, limit: int
    ) -> list[tuple[Position, Fields]]:
        """Newest first."""
        rows = await self._ask(
            "commands",
            tenant_id=tenant.id,
            cluster_ids=sorted(cluster_ids),
            **asdict(only),
            before_us=before[0],
            before_id=before[1],
            limit=limit,
        )
        return [((_us(row["asked_at"]), row["command_id"]), _fields(row["fields"])) for row in rows]

    async def watermark(self, tenant: Tenant, cluster_ids: Collection[int]) -> str | None:
        """RFC 3339 of the newest command that is stored; None when there is none."""
        rows = await self._ask("watermark", tenant_id=tenant.id, cluster_ids=sorted(cluster_ids))
        moment: datetime | None = rows[0]["watermark"] if rows else None
        return shown(moment.timestamp()) if moment and moment.timestamp() > 0 else None

    async def marks(self, tenant: Tenant, marks: Collection[str]) -> int:
        """How many of the ledger's marks are stored."""
        rows = await self._ask("markers", tenant_id=tenant.id, marks=sorted(marks))
        return int(rows[0]["seen"]) if rows else 0

    async def _ask(self, name: str, **parameters: Any) -> list[dict[str, Any]]:
        return (await self._store.ask(_SQL[f"{name}.sql"], parameters, self._limits)).dicts()


# Read now: a package that is upgraded in place must not change the questions of a process that runs.
_SQL = {file.name: file.read_text() for file in (files("meadow.control") / "sql").iterdir()}


def _of(cluster: Cluster) -> dict[str, Any]:
    return {"tenant_id": cluster.tenant.id, "cluster_id": cluster.id}


def _fields(text: str) -> Fields:
    parsed = orjson.loads(text)
    return parsed if isinstance(parsed, dict) else {}


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
