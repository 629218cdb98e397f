"""What is one worker, what did it answer, what does it hold, and how was it over time?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from meadow.core.errors import NotFound
from meadow.core.http import json_response
from meadow.core.scope import Permission
from meadow.query import offers
from meadow.query.desk import Desk, Taken
from meadow.query.heartbeats import Heartbeats
from meadow.query.plan import question
from meadow.query.ranges import range_of
from meadow.query.run import Asking, Row, together
from meadow.query.shapes import task_item
from meadow.query.snapshots import kinds_for, snapshot
from meadow.query.times import shown_ms
from meadow.query.views.workers import LIFETIME_MS, asked, items_of

SNAPSHOT, HISTORY = question("worker_snapshot"), question("worker_history")
HELD, HELD_COUNT = question("worker_held"), question("worker_held_count")
SAME_NAME_MAX = 100
HELD_MAX = 100
POINTS_WANTED_MAX = 240  # a heartbeat's minute is the finest there is, and a day of them is too many to look at


@dataclass(frozen=True, slots=True)
class OneWorker:
    """GET /api/v1/workers/{hostname} and /api/v1/workers/{hostname}/history

    Asks     cluster when the hostname is in several, else the one heard last; of the history from, to and step
    Answers  the worker with all it last answered and the tasks it holds, at most 100 of them with how many they are; both
             null without tasks:read. `conf` only with workers:control; args and kwargs of tasks with tasks:payload
             the history: one point a step, of what its heartbeats counted; null where nothing was heard
    Refuses  404 not_found, the same for absent and not the caller's; 400 bad_question for too many points; 504 too_slow
    """

    desk: Desk

    async def get(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.ONE_WORKER) as taken:
            rows = await _found(taken)
            of = taken.asking.narrowed(rows[0]["cluster_id"])
            parts = await together(
                _shown(taken, rows[0]), _answered(taken, of, rows[0]["hostname"]), _held(taken, of, rows[0]["hostname"])
            )
            item = {name: value for part in parts for name, value in part.items()}
            also_in = [taken.slug(row["cluster_id"]) for row in rows[1:]]
            return json_response({"item": {**item, "also_in": also_in}, "watermark": taken.watermark})

    async def history(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.WORKER_HISTORY) as taken:
            asked_for = range_of(taken.ask, taken.now_s, auto_points_max=POINTS_WANTED_MAX)
            worker = (await _found(taken))[0]
            step_ms, since_ms, until_ms = asked_for.step_ms, asked_for.since_ms, asked_for.until_ms
            values = {"hostname": worker["hostname"], "step_ms": step_ms, "since_ms": since_ms, "until_ms": until_ms}
            rows = await taken.asking.narrowed(worker["cluster_id"]).ask(HISTORY, values)
            item = {
                "hostname": worker["hostname"],
                "cluster": taken.slug(worker["cluster_id"]),
                "from": shown_ms(since_ms),
                "to": shown_ms(until_ms),
                "step_s": step_ms // 1000,
                "points": Heartbeats(rows, step_ms).points(since_ms, until_ms),
            }
            return json_response({"item": item, "watermark": taken.watermark})


async def _found(taken: Taken) -> list[Row]:
    """The worker of each cluster that has one of the hostname, the one heard last first. Raises NotFound."""
    rows = await asked(taken, SAME_NAME_MAX, hostname=taken.ask.text("hostname"))
    if not rows:
        raise NotFound("No worker of that hostname.", field="hostname")
    return sorted(rows, key=lambda row: row["heard_at"], reverse=True)


async def _shown(taken: Taken, row: Row) -> dict[str, Any]:
    (item,), _ = await items_of(taken, [row])
    return item


async def _answered(taken: Taken, of: Asking, hostname: str) -> dict[str, Any]:
    rows = await of.ask(SNAPSHOT, {"hostname": hostname, "kinds": kinds_for(taken.caller)})
    return {"snapshot": snapshot(rows, payload=taken.payload)}


async def _held(taken: Taken, of: Asking, hostname: str) -> dict[str, Any]:
    if Permission.TASKS_READ not in taken.caller.permissions:
        return {"held": None, "held_count": None}
    values = {"hostname": hostname, "born_ms": int(taken.now_s * 1000) - LIFETIME_MS}
    rows, count = await together(of.ask(HELD, {**values, "limit": HELD_MAX}), of.ask(HELD_COUNT, values))
    items = [task_item(row, taken.slug(row["cluster_id"]), payload=taken.payload) for row in rows]
    return {"held": items, "held_count": count[0]["held"]}
