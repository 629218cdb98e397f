"""Queues that fill faster than they are emptied: only of tasks whose sending was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from meadow.query.problems.problem import Link, Problem
from meadow.query.problems.seen import Seen
from meadow.query.problems.thresholds import Thresholds
from meadow.query.problems.words import lasting, many, quoted


def backlog(seen: Seen, than: Thresholds) -> Iterator[Problem]:
    """One for each queue that grows. Nothing of clusters whose workers say nothing of tasks, or of which none was ever heard:
    there a task that ended looks as if it waited."""
    heard = {row["cluster_id"] for row in seen.workers}
    for row in seen.queues:
        if row["cluster_id"] in heard - seen.blind - seen.deaf and _grows(row, seen.now_s, than):
            yield _backlog(row, seen, than)


def _grows(row: Mapping[str, Any], now_s: float, than: Thresholds) -> bool:
    waiting, waited = int(row["waiting"]), int(row["waited"])
    is_long = waiting >= than.waiting_min and waiting >= waited * than.waiting_times_min
    return is_long and now_s - int(row["eldest_ms"]) / 1000 >= than.waiting_s_min


def _backlog(row: Mapping[str, Any], seen: Seen, than: Thresholds) -> Problem:
    cluster, queue, waiting = seen.slugs[row["cluster_id"]], row["waits_in"], row["waiting"]
    eldest_s, more = seen.now_s - row["eldest_ms"] / 1000, waiting - row["waited"]
    ago = lasting(than.now_s)
    return Problem(
        kind="backlog",
        critical=eldest_s >= than.waiting_critical_s or not row["began"],
        cluster=cluster,
        subject=queue,
        text=f"{many(waiting, 'task')} wait in {queue}, {many(more, 'more', 'more')} than {ago} ago; the eldest for"
        f" {lasting(eldest_s)}.",
        cause=f"{many(row['began'], 'task')} began in that time." if row["began"] else "None began in that time.",
        since_s=row["eldest_ms"] / 1000,
        value=waiting,
        usual=row["waited"],
        unit="tasks",
        count=waiting,
        link=Link(page="tasks", params={"cluster": cluster, "q": f"queue:{quoted(queue)} state:PENDING,RECEIVED"}),
        weight=waiting,
    )
