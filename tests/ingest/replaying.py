"""A replay of a test, and what it must leave behind."""

from __future__ import annotations

from typing import Any

from meadow.core.log import Log
from meadow.core.store import Store
from meadow.ingest.replay.lane import Lane, Reach, ReplaySettings, Report
from meadow.ingest.replay.replay import What, replay
from tests.ingest.histories import VISIBLE
from tests.ingest.running import MANY, NOW

WIDE = Reach(NOW - 30 * 86_400, NOW + 30 * 86_400)
AT_ONCE = ReplaySettings(rows_per_s=1e9, page_rows=37, tasks_max=25, settle_s=-3_600, patience_s=20)
EVENT = "hostname, pid, clock, at, type, task_id"


async def replayed(
    what: What, store: Store, log: Log, reach: Reach = WIDE, settings: ReplaySettings = AT_ONCE
) -> Report:
    """Whole, and nothing left."""
    report = Report()
    await replay(what, store, log, reach, Lane(settings, report))
    assert report.resume_s is None
    assert report.done == report.total
    assert not report.counts["tasks_left"]
    return report


async def seen(store: Store) -> dict[str, Any]:
    """All that readers can see, by table."""
    tasks = f"SELECT {', '.join(VISIBLE)}, state FROM tasks FINAL WHERE is_deleted = 0 ORDER BY ALL"  # noqa: S608 # no values
    keys = "SELECT DISTINCT tenant_id, cluster_id, task_id, anchor FROM tasks FINAL WHERE is_deleted = 0 ORDER BY ALL"
    named = f"SELECT * FROM ({keys}) WHERE (tenant_id, cluster_id, task_id, anchor) IN (SELECT tenant_id, cluster_id, task_id, anchor FROM task_ids) ORDER BY ALL"  # noqa: S608, E501 # no values
    questions = {
        "tasks": tasks,
        "named": named,
        "events": f"SELECT DISTINCT tenant_id, cluster_id, {EVENT} FROM events ORDER BY ALL",  # noqa: S608 # no values
        "events stored": "SELECT count() FROM events",
        "letters": "SELECT * FROM dead_letters ORDER BY ALL",
        "workers": "SELECT tenant_id, cluster_id, hostname, max(at), argMaxMerge(last) FROM workers GROUP BY ALL ORDER BY ALL",
        "waiting": "SELECT count() FROM late_tasks FINAL",
    }
    return {name: (await store.ask(sql, {}, MANY)).rows for name, sql in questions.items()}
