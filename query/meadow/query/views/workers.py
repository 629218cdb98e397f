"""Which workers are alive, how loaded, since when, and how is that known?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from meadow.core.errors import OverBudget, TooSlow
from meadow.core.http import json_response
from meadow.query import offers
from meadow.query.cursors import cursor_of
from meadow.query.desk import Desk, Taken, page
from meadow.query.plan import Question, question
from meadow.query.run import Row, together
from meadow.query.snapshots import pool
from meadow.query.times import shown

WORKERS, SNAPSHOTS, ENDED = question("workers"), question("workers_snapshots"), question("workers_ended")
ENDED_MS = 3_600_000
LIFETIME_MS = 7 * 86_400_000  # how long before they ended tasks may be born, or begun tasks be open
Place = tuple[int, str]  # a cluster's id, and a hostname


@dataclass(frozen=True, slots=True)
class Workers:
    """GET /api/v1/workers

    Asks     cluster, state
    Answers  by hostname; state is judged now, by what was heard last and Meadow's own clock; `complete` is false when what
             workers answered, or what ended on them, could not be read in time
    Refuses  404 not_found, the same for absent and not the caller's
    """

    desk: Desk

    async def get(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.WORKERS) as taken:
            limit = taken.ask.number("limit")
            hostname, cluster_id = taken.ask.cursor(str, int) or ("", 0)
            after = {"after_hostname": hostname, "after_cluster": cluster_id}
            rows = await asked(taken, limit + 1, states=taken.ask.texts("state"), **after)
            more = (rows[limit - 1]["hostname"], rows[limit - 1]["cluster_id"]) if len(rows) > limit else None
            place = cursor_of(offers.WORKERS.path, more) if more else None
            items, complete = await items_of(taken, rows[:limit])
            return json_response(page(items, place, complete, taken))


async def asked(taken: Taken, limit: int, **over: Any) -> list[Row]:
    """Rows of `workers.sql`; over: its parameters that are not as in a list from its beginning."""
    values = {"now_ms": int(taken.now_s * 1000), "limit": limit, "states": [], "hostname": ""}
    return await taken.asking.ask(WORKERS, {**values, "after_hostname": "", "after_cluster": 0, **over})


async def items_of(taken: Taken, rows: Sequence[Row]) -> tuple[list[dict[str, Any]], bool]:
    """Workers as the API shows them, of rows by hostname; and whether all of it could be read in time."""
    if not rows:
        return [], True
    names = {"first": min(row["hostname"] for row in rows), "last": max(row["hostname"] for row in rows)}
    since_ms = int(taken.now_s * 1000) - ENDED_MS
    answered, ended = await together(
        _by_place(taken, SNAPSHOTS, names, "hostname"),
        _by_place(taken, ENDED, {**names, "since_ms": since_ms, "born_ms": since_ms - LIFETIME_MS}, "worker"),
    )
    items = [_item(row, _of(row, answered, NO_ANSWER), _of(row, ended, NONE_ENDED), taken) for row in rows]
    return items, answered is not None and ended is not None


NO_ANSWER = {"pool": "", "pool_size": 0, "taken_from": [], "tells_queues": 0, "answered_at": None}
NONE_ENDED = {"finished": 0, "failed": 0}
UNREAD = {"finished": None, "failed": None}


def _of(row: Row, found: Mapping[Place, Row] | None, none: Mapping[str, Any]) -> Mapping[str, Any]:
    if found is None:
        return NO_ANSWER if none is NO_ANSWER else UNREAD
    return found.get((row["cluster_id"], row["hostname"]), none)


async def _by_place(
    taken: Taken, asked_for: Question, values: Mapping[str, Any], hostname: str
) -> dict[Place, Row] | None:
    """None when they could not be read in time."""
    try:
        rows = await taken.asking.ask(asked_for, values, share=0.6)
    except (TooSlow, OverBudget):
        return None
    return {(row["cluster_id"], row[hostname]): row for row in rows}


def _item(row: Row, answered: Mapping[str, Any], ended: Mapping[str, Any], taken: Taken) -> dict[str, Any]:
    return {
        "hostname": row["hostname"],
        "cluster": taken.slug(row["cluster_id"]),
        "state": row["state"],
        "reason": _reason(row),
        "last_seen_at": shown(row["heard_at"]),
        "active": row["active"],
        "processed": row["processed"],
        "load": [round(row[name], 2) for name in ("load1", "load5", "load15")],
        "freq_s": round(row["freq_s"], 3) or None,
        "software": row["software"] or None,
        "version": row["version"] or None,
        "pid": row["pid"],
        "pool": pool(answered),
        "queues": list(answered["taken_from"]) if answered["tells_queues"] else None,
        "finished": ended["finished"],
        "failed": ended["failed"],
        "snapshot_at": shown(answered["answered_at"]),
    }


def _reason(row: Row) -> str:
    """Without ages, which would be old by the time they are read: `last_seen_at` tells."""
    every = f"every {row['freq_s']:g} s" if row["freq_s"] else "now and then"
    match row["state"]:
        case "offline":
            return "It said that it ends."
        case "silent":
            return f"It should say something {every}, and does not."
        case _:
            return f"It says something {every}."
