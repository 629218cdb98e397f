"""Workers that fell silent, with what they held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from meadow.query.problems.problem import Link, Problem
from meadow.query.problems.seen import Seen
from meadow.query.problems.thresholds import Thresholds
from meadow.query.problems.words import lasting, many


def silent(seen: Seen, _: Thresholds) -> Iterator[Problem]:
    """One for each worker that says nothing and did not say that it ends; none of a cluster that Meadow itself does not
    hear."""
    for worker in seen.workers:
        if worker["state"] == "silent" and worker["cluster_id"] not in seen.deaf:
            yield _silent(worker, seen)


def _silent(worker: Mapping[str, Any], seen: Seen) -> Problem:
    cluster, hostname = seen.slugs[worker["cluster_id"]], worker["hostname"]
    begun, taken = (_held(worker, seen, status) for status in ("STARTED", "RECEIVED"))
    heard_s = worker["heard_at"].timestamp()
    return Problem(
        kind="silent_worker",
        critical=begun > 0,
        cluster=cluster,
        subject=hostname,
        text=f"{hostname} has said nothing for {lasting(seen.now_s - heard_s)}; {_what(begun, taken)}.",
        since_s=heard_s,
        value=begun + taken,
        unit="tasks",
        count=begun + taken,
        link=Link(page="worker", params={"cluster": cluster, "hostname": hostname}),
        weight=begun + taken,
    )


def _held(worker: Mapping[str, Any], seen: Seen, status: str) -> int:
    place = (worker["cluster_id"], worker["hostname"])
    return sum(
        row["tasks"] for row in seen.held if (row["cluster_id"], row["held_by"]) == place and row["status"] == status
    )


def _what(begun: int, taken: int) -> str:
    said = [many(begun, "running task")] if begun else []
    said += [f"{many(taken, 'task')} not begun"] if taken else []
    return f"it held {' and '.join(said)}" if said else "all tasks seen on it have ended"
