"""Which tasks were born in this range, and how did they end?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from meadow.core.errors import BadQuestion, OverBudget, TooSlow
from meadow.core.http import json_response
from meadow.query import offers
from meadow.query.ask import Ask
from meadow.query.cursors import cursor_of
from meadow.query.desk import Desk, Taken, page
from meadow.query.pages import Wanted, newest, oldest
from meadow.query.plan import Question, question, range_ms
from meadow.query.search import Search, clauses, id_prefix, phrases
from meadow.query.shapes import task_item

NAMES, IDS = question("tasks_names"), question("tasks_ids")
KNOWN_MAX = 1_000  # as their LIMIT says


@dataclass(frozen=True, slots=True)
class ListTasks:
    """GET /api/v1/tasks

    Asks     see offers.TASKS; `from` included, `to` excluded, both of the task's birth
    Answers  {"items", "next", "complete", "watermark", "payload"}
             `complete` is false when the deadline cut the reading; `next` goes on from there
    Refuses  400 bad_question, 404 not_found for a cluster that is not the caller's, 429 over_budget
    """

    desk: Desk

    async def get(self, request: web.Request) -> web.Response:
        async with self.desk.take(request, offers.TASKS) as taken:
            wanted = await _wanted(taken)
            found = await (newest if taken.ask.text("sort") == "newest" else oldest)(taken.asking, wanted)
            items = [task_item(row, taken.slug(row["cluster_id"]), payload=taken.payload) for row in found.rows]
            place = cursor_of(offers.TASKS.path, found.next) if found.next else None
            shown = "shown" if taken.payload else "hidden"
            return json_response({**page(items, place, found.complete, taken), "payload": shown})


async def _wanted(taken: Taken) -> Wanted:
    ask = taken.ask
    since_ms, until_ms = range_ms(ask.time_ms("from"), ask.time_ms("to"), taken.now_s)
    if since_ms >= until_ms:
        raise BadQuestion("`from` must be before `to`.", field="from", accepts="a time before `to`")
    search, values = await _search(taken, since_ms, until_ms)
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


async def _search(taken: Taken, since_ms: int, until_ms: int) -> tuple[str, dict[str, Any]]:
    text = taken.ask.text("q")
    try:
        wanted = phrases(text)
    except ValueError as error:
        raise BadQuestion(f"`q` takes {error}.", field="q", accepts=str(error)) from error
    if not wanted:
        return "", {}
    prefix = id_prefix(wanted, text)
    names = await _known(taken, NAMES, {"phrases": wanted, "since_ms": since_ms, "until_ms": until_ms})
    ids = await _known(taken, IDS, {"prefix": prefix}) if prefix else []
    return clauses(Search(wanted, prefix, names, ids), payload=taken.payload)


async def _known(taken: Taken, asked: Question, values: Mapping[str, Any]) -> list[str] | None:
    """The one column of a statement that only helps the next; None when it takes too long to help, or there is too much."""
    try:
        rows = await taken.asking.ask(asked, values, share=0.3)
    except (TooSlow, OverBudget):
        return None
    found = [str(value) for row in rows for value in row.values()]
    return found if len(found) < KNOWN_MAX else None
