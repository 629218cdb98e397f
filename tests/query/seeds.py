"""Rows as the writer inserts them, made by hand so that a test says what it is about."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from meadow.core.blocks import Block, Table, blocks_of
from meadow.core.store import Store

NOW_S = float(int(time.time()))  # whole, so that times compare; real, because nothing here has a clock of its own
CODES = {"PENDING": 1, "RETRY": 2, "REJECTED": 3, "RECEIVED": 4, "STARTED": 5, "REVOKED": 7, "FAILURE": 8, "SUCCESS": 9}
CLASSES = {"PENDING": 1, "REVOKED": 3, "FAILURE": 4, "SUCCESS": 5}
SEEN = {"sent": 1, "received": 2, "started": 4, "succeeded": 8, "failed": 16}


def task(task_id: str, **over: Any) -> dict[str, Any]:
    """A row of `tasks`; by default born a minute ago in cluster 1 of tenant 1, succeeded after a second of waiting and two
    of running. born_s, finished_s: epoch s; state, retries: as they should be read."""
    born_s = over.pop("born_s", NOW_S - 60)
    state, retries = over.pop("state", "SUCCESS"), over.pop("retries", 0)
    finished_s = over.pop("finished_s", born_s + 3)
    key = (retries + 1) << 48 | int(born_s * 1000)
    started = state in ("STARTED", "RETRY", "FAILURE", "SUCCESS")
    row = {
        "tenant_id": 1,
        "cluster_id": 1,
        "task_id": task_id,
        "anchor": born_s,
        "rank": CLASSES.get(state, 2) << 56 | int(finished_s * 1000) << 8 | CODES.get(state, 6),
        "custom": "" if state in CODES else state,
        "name": "shop.capture",
        "queue": "payments",
        "worker": "celery@a",
        "sent_key": key,
        "received_key": key,
        "started_at": born_s + 1 if started else 0,
        "runtime_s": 2.0 if state == "SUCCESS" else 0,
        "args": "('order-4711',)",
        "kwargs": "{}",
        "result": "'done'" if state == "SUCCESS" else "",
        "exception": "ValueError('card declined')" if state == "FAILURE" else "",
        "root_id": task_id,
        "seen": 15,
        "version": 1,
    }
    return {**row, **over}


def event(kind: str, task_id: str = "", at_s: float = NOW_S - 60, **over: Any) -> dict[str, Any]:
    """A row of `events`; by default of worker process 7 on celery@a."""
    row = {
        "tenant_id": 1,
        "cluster_id": 1,
        "task_id": task_id,
        "type": kind,
        "at": at_s,
        "received_at": at_s + 0.01,
        "hostname": "celery@a",
        "pid": 7,
        "clock": int(at_s * 10) % 1_000_000,
    }
    return {**row, **over}


def beat(hostname: str, at_s: float, processed: int | None, **over: Any) -> dict[str, Any]:
    """A row of `workers_in`."""
    row = {
        "tenant_id": 1,
        "cluster_id": 1,
        "hostname": hostname,
        "pid": 7,
        "type": "worker-heartbeat",
        "at": at_s,
        "received_at": at_s,
        "freq_s": 2.0,
        "active": 1,
        "processed": processed,
        "load1": 0.5,
        "load5": 0.4,
        "load15": 0.3,
        "software": "py-celery",
        "version": "5.7.0",
    }
    return {**row, **over}


def report(at_s: float, received: int, **over: Any) -> dict[str, Any]:
    """A `meadow-collector` event. over: `tenant_id`, `cluster_id`; drops, connected and problem of its fields."""
    counts = {"received": received, "gaps": 0, **{f"drop:{k}": n for k, n in over.pop("drops", {}).items()}}
    fields = {
        "collector": over.pop("collector", "c1"),
        "counts": counts,
        "connected": over.pop("connected", True),
        "problem": over.pop("problem", ""),
        "since": NOW_S - 600,
    }
    return event("meadow-collector", "", at_s, hostname="node-1", fields=orjson.dumps(fields).decode(), **over)


async def insert(store: Store, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """All in one insert; a task is named in task_ids too, as the writer does."""
    rows = list(rows)
    await store.insert(table, b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
    if table == "tasks":
        keys = ("tenant_id", "task_id", "anchor", "cluster_id")
        await insert(store, "task_ids", [{key: row[key] for key in keys} for row in rows])


def blocks(rows: Iterable[Mapping[str, Any]], partitions: int) -> list[Block]:
    """Events as blocks of the log, one tenant and cluster at a time."""
    found: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["tenant_id"], row["cluster_id"]), []).append(row)
    return [
        block
        for (tenant, cluster), mine in found.items()
        for block in blocks_of(Table.EVENTS, tenant, cluster, mine, partitions)
    ]
