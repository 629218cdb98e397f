"""Which workers are alive, how loaded, since when, and how is that known?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from meadow.core.errors import NotFound
from meadow.core.http import json_response
from meadow.query import offers
from meadow.query.cursors import cursor_of
from meadow.query.desk import Desk, Taken, page
from meadow.query.plan import question
from meadow.query.run import Row
from meadow.query.times import shown

WORKERS = question("workers")
SAME_NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class Workers:
    """GET /api/v1/workers and /api/v1/workers/{hostname}

    Asks     cluster, state; one: cluster when the hostname is in several, else the one heard last
    Answers  by hostname; state is judged now, by what was heard last and Meadow's own clock
    Refuses  404 not_found, the same for absent and not the caller's
    """

    desk: Desk

    async def get(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.WORKERS) as taken:
            limit = taken.ask.number("limit")
            hostname, cluster_id = taken.ask.cursor(str, int) or ("", 0)
            values = {**_values(taken, limit + 1), "after_hostname": hostname, "after_cluster": cluster_id}
            rows = await taken.asking.ask(WORKERS, {**values, "states": taken.ask.texts("state"), "hostname": ""})
            more = (rows[limit - 1]["hostname"], rows[limit - 1]["cluster_id"]) if len(rows) > limit else None
            place = cursor_of(offers.WORKERS.path, more) if more else None
            return json_response(page([_item(row, taken) for row in rows[:limit]], place, True, taken))

    async def one(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.ONE_WORKER) as taken:
            values = {**_values(taken, SAME_NAME_MAX), "after_hostname": "", "after_cluster": 0}
            rows = await taken.asking.ask(WORKERS, {**values, "states": [], "hostname": taken.ask.text("hostname")})
            if not rows:
                raise NotFound("No worker of that hostname.", field="hostname")
            rows.sort(key=lambda row: row["heard_at"], reverse=True)
            item = {**_item(rows[0], taken), "also_in": [taken.slug(row["cluster_id"]) for row in rows[1:]]}
            return json_response({"item": item, "watermark": taken.watermark})


def _values(taken: Taken, limit: int) -> dict[str, Any]:
    return {"now_ms": int(taken.now_s * 1000), "limit": limit}


def _item(row: Row, taken: Taken) -> dict[str, Any]:
    return {
        "hostname": row["hostname"],
        "cluster": taken.slug(row["cluster_id"]),
        "state": row["state"],
        "reason": _reason(row, taken.now_s),
        "last_seen_at": shown(row["heard_at"]),
        "active": row["active"],
        "processed": row["processed"],
        "load": [round(row[name], 2) for name in ("load1", "load5", "load15")],
        "freq_s": round(row["freq_s"], 3) or None,
        "software": row["software"] or None,
        "version": row["version"] or None,
        "pid": row["pid"],
    }


def _reason(row: Row, now_s: float) -> str:
    ago_s = max(0, round(now_s - row["heard_at"].timestamp()))
    match row["state"]:
        case "offline":
            return f"It said it ends, {ago_s} s ago."
        case "silent":
            return f"Nothing heard for {ago_s} s; it should say something every {row['freq_s']:g} s."
        case _:
            return f"Heard {ago_s} s ago."
