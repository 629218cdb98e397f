"""Tasks that do not go on: lost, running far beyond their time, or with a worker that is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from meadow.query.problems.names import usual_p95_s
from meadow.query.problems.problem import Link, Problem
from meadow.query.problems.seen import Name, Seen
from meadow.query.problems.thresholds import Thresholds
from meadow.query.problems.words import lasting, many, quoted

Row = Mapping[str, Any]


def lost(seen: Seen, than: Thresholds) -> Iterator[Problem]:
    """One for each name of which tasks were lost lately."""
    first_ms = (seen.now_s - than.lost_look_s) * 1000
    for (cluster_id, name), rows in _by_name(row for row in seen.held if row["status"] == "LOST").items():
        lately = [ms for row in rows for ms in row["since_ms"] if ms >= first_ms]
        if lately:
            yield _lost(seen, cluster_id, name, rows, lately)


def stuck(seen: Seen, than: Thresholds) -> Iterator[Problem]:
    """One for each name of which tasks run too long, and one for each worker that ended without them."""
    away = {(row["cluster_id"], row["hostname"]): row for row in seen.workers if row["state"] != "online"}
    idle = {(row["cluster_id"], row["hostname"]) for row in seen.workers if row["active"] == 0}
    running = [row for row in seen.held if row["status"] == "STARTED" and _place(row) not in away]
    busy = [
        row for row in running if _place(row) not in idle
    ]  # else their end was not seen, which is told as incomplete
    for (cluster_id, name), rows in _by_name(busy).items():
        usual_s = usual_p95_s(seen.usual_of.get((cluster_id, name)), than)
        if usual_s is not None:
            yield from _stuck(seen, (cluster_id, name), rows, usual_s, than)
    for place, worker in away.items():
        if worker["state"] == "offline":
            yield from _left(seen, worker, [row for row in seen.held if _place(row) == place])


def _stuck(seen: Seen, of: Name, rows: Iterable[Row], usual_s: float, than: Thresholds) -> Iterator[Problem]:
    limit_s = max(than.stuck_s_min, usual_s * than.stuck_times_min)
    since_ms = sorted(ms for row in rows for ms in row["since_ms"] if 0 < ms <= (seen.now_s - limit_s) * 1000)
    if not since_ms:
        return
    cluster, name, count = seen.slugs[of[0]], of[1], len(since_ms)
    longest_s = seen.now_s - since_ms[0] / 1000
    runs = f"{many(count, 'task')} of {name} {'runs' if count == 1 else 'run'}"
    q = f"name:{quoted(name)} state:STARTED"
    yield Problem(
        kind="stuck",
        critical=False,
        cluster=cluster,
        subject=name,
        text=f"{runs} beyond {lasting(limit_s)}, the longest for {lasting(longest_s)}; usually it takes {lasting(usual_s)}.",
        since_s=since_ms[0] / 1000,
        value=longest_s,
        usual=usual_s,
        unit="s",
        count=count,
        link=Link(page="tasks", params={"cluster": cluster, "q": q}),
        weight=count,
    )


def _left(seen: Seen, worker: Row, rows: Iterable[Row]) -> Iterator[Problem]:
    """What a worker that said it ends had begun and not ended; what it had only taken went back to the broker."""
    begun = [row for row in rows if row["status"] == "STARTED"]
    count = sum(row["tasks"] for row in begun)
    if not count:
        return
    cluster, hostname = seen.slugs[worker["cluster_id"]], worker["hostname"]
    q = f"worker:{quoted(hostname)} state:STARTED"
    yield Problem(
        kind="stuck",
        critical=True,
        cluster=cluster,
        subject=hostname,
        text=f"{many(count, 'task')} {'was' if count == 1 else 'were'} begun on {hostname}, which ended before"
        f" {'it' if count == 1 else 'they'} did.",
        since_s=worker["heard_at"].timestamp(),
        value=count,
        unit="tasks",
        count=count,
        link=Link(page="tasks", params={"cluster": cluster, "q": q}),
        weight=count,
    )


def _lost(seen: Seen, cluster_id: int, name: str, rows: Iterable[Row], lately: list[int]) -> Problem:
    cluster, count = seen.slugs[cluster_id], len(lately)
    hosts = sorted({row["held_by"] for row in rows if row["held_by"]})
    called = name or "tasks without a name"
    return Problem(
        kind="lost",
        critical=True,
        cluster=cluster,
        subject=name,
        text=f"{many(count, 'task')} of {called} {'is' if count == 1 else 'are'} lost.",
        cause=f"With {hosts[0]}{f' and {len(hosts) - 1} more' if len(hosts) > 1 else ''}." if hosts else None,
        since_s=min(lately) / 1000,
        value=count,
        unit="tasks",
        count=count,
        link=Link(page="tasks", params={"cluster": cluster, "q": f"name:{quoted(name)} state:LOST"}),
        weight=count,
    )


def _by_name(rows: Iterable[Row]) -> dict[Name, list[Row]]:
    found: defaultdict[Name, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["cluster_id"], row["called"]].append(row)
    return found


def _place(row: Row) -> tuple[int, str]:
    return row["cluster_id"], row["held_by"]
