"""Which tasks were born in this range, and how did they end?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from meadow.core.http import json_response
from meadow.query import offers
from meadow.query.ask import Ask
from meadow.query.cursors import cursor_of
from meadow.query.desk import Desk, Taken, page
from meadow.query.longest import longest
from meadow.query.pages import Found, Wanted, newest, oldest
from meadow.query.plan import born_between
from meadow.query.run import Asking
from meadow.query.searching import searched
from meadow.query.shapes import task_item


@dataclass(frozen=True, slots=True)
class ListTasks:
    """GET /api/v1/tasks

    Asks     see offers.TASKS; `from` included, `to` excluded, both of the task's birth
    Answers  {"items", "next", "complete", "watermark", "payload"}
             `complete` is false when the deadline cut the reading; by birth `next` goes on from there, by length only
             the last day or hour was read
    Refuses  400 bad_question, 404 not_found for a cluster that is not the caller's, 429 over_budget
    """

    desk: Desk

    async def get(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.TASKS) as taken:
            wanted = await _wanted(taken)
            found = await _found(taken.asking, wanted, taken.ask.text("sort"))
            items = [task_item(row, taken.slug(row["cluster_id"]), payload=taken.payload) for row in found.rows]
            place = cursor_of(offers.TASKS.path, found.next) if found.next else None
            shown = "shown" if taken.payload else "hidden"
            return json_response({**page(items, place, found.complete, taken), "payload": shown})


async def _found(asking: Asking, wanted: Wanted, sort: str) -> Found:
    match sort:
        case "newest":
            return await newest(asking, wanted)
        case "oldest":
            return await oldest(asking, wanted)
        case _:
            return await longest(asking, wanted, sort)


async def _wanted(taken: Taken) -> Wanted:
    ask = taken.ask
    since_ms, until_ms = born_between(ask, taken.now_s)
    born = "above_ms" if ask.text("sort") == "oldest" else "since_ms"
    search, values = (await searched(taken, since_ms, until_ms, born)).clause()
    edge_ms = min(until_ms, int(taken.now_s * 1000))
    place = ask.cursor(int, str, int)
    return Wanted(since_ms, until_ms, edge_ms, place, ask.number("limit"), {**filters(ask), **values}, search)


def filters(ask: Ask) -> dict[str, Any]:
    """The exact filters that tasks and trends share."""
    return {
        "states": [state.upper() for state in ask.texts("state")],
        "names": ask.texts("name"),
        "workers": ask.texts("worker"),
        "queues": ask.texts("queue"),
    }
