"""What happened to this one task, and who had a hand in it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from meadow.core.errors import NotFound, OverBudget, TooSlow
from meadow.core.events import COMMAND_ANSWERED, COMMAND_ASKED, LOST
from meadow.core.http import json_response
from meadow.core.operations import Operation
from meadow.query import offers
from meadow.query.attempts import ENDS, attempts
from meadow.query.commands import commands
from meadow.query.cursors import cursor_of
from meadow.query.desk import Desk, Taken, page
from meadow.query.plan import OPEN_END_MS, question
from meadow.query.run import Row
from meadow.query.shapes import event_item, exception_type, ran_s, task_item
from meadow.query.times import shown

TASK, EVENTS, CHILDREN = question("task"), question("task_events"), question("task_children")
YOUNG_MS = 3_600_000  # the writer names a task in task_ids some seconds after it shows it in tasks
SLACK_MS = 3_600_000  # how far an event may lie outside of what the task's own times say
EVENTS_MAX = 1_000
CHILDREN_MAX = 200
FOLDED = frozenset({"task-sent", "task-received", "task-started", *ENDS, LOST})
OF_COMMANDS = (COMMAND_ASKED, COMMAND_ANSWERED)


@dataclass(frozen=True, slots=True)
class Story:
    """GET /api/v1/tasks/{id} and /api/v1/tasks/{id}/events; /api/v1/task and /api/v1/task/events, whose id is a parameter

    Asks     id; cluster when the id is in several, else the newest answers and `also_in` names the others
    Answers  the task, attempts told from its events, the first 1000 events, 200 children, commands that named it
             `events_complete` is false when there are more events, or the task knows of kinds that are not (yet) there
             `children_complete` is false when there are more, or the deadline came first
    Refuses  404 not_found, the same for absent and not the caller's
    """

    desk: Desk

    async def get(self, request: web.Request) -> web.Response:
        return await self._story(request, offers.TASK)

    async def named(self, request: web.Request) -> web.Response:
        return await self._story(request, offers.NAMED_TASK)

    async def events(self, request: web.Request) -> web.Response:
        return await self._said(request, offers.TASK_EVENTS)

    async def named_events(self, request: web.Request) -> web.Response:
        return await self._said(request, offers.NAMED_TASK_EVENTS)

    async def _story(self, request: web.Request, operation: Operation) -> web.Response:
        async with self.desk.take(request, operation) as taken:
            rows = await _find(taken)
            task = rows[0]
            events = await _events(taken, task, EVENTS_MAX + 1)
            children, all_children = await _children(taken, task)
            item = {
                **_told(task, events, taken),
                "children": [_child(row, taken) for row in children],
                "children_complete": all_children,
                "also_in": [taken.slug(row["cluster_id"]) for row in rows[1:]],
            }
            shown_ = "shown" if taken.payload else "hidden"
            return json_response({"item": item, "watermark": taken.watermark, "payload": shown_})

    async def _said(self, request: web.Request, operation: Operation) -> web.Response:
        async with self.desk.take(request, operation) as taken:
            task = (await _find(taken))[0]
            limit = taken.ask.number("limit")
            rows = await _events(taken, task, limit + 1, taken.ask.cursor(int, int, str, int, str))
            place = cursor_of(operation.path, _place_of(rows[limit - 1])) if len(rows) > limit else None
            items = [_event(row, task, taken) for row in rows[:limit]]
            shown_ = "shown" if taken.payload else "hidden"
            return json_response({**page(items, place, True, taken), "payload": shown_})


async def _find(taken: Taken) -> list[Row]:
    """The task in each cluster that has it, newest first; one row a cluster."""
    values = {"task_id": taken.ask.text("id"), "young_ms": int(taken.now_s * 1000) - YOUNG_MS}
    rows = await taken.asking.ask(TASK, values)
    if not rows:
        raise NotFound("No task of that id.", field="id")
    return list({row["cluster_id"]: row for row in reversed(rows)}.values())[::-1]


async def _events(taken: Taken, task: Row, limit: int, after: tuple[Any, ...] | None = None) -> list[Row]:
    since_ms, until_ms = _span_ms(task, taken.now_s)
    names = ("after_us", "after_clock", "after_hostname", "after_pid", "after_type")
    place = dict(zip(names, after or (0, 0, "", 0, ""), strict=True))
    values = {"task_id": task["task_id"], "since_ms": since_ms, "until_ms": until_ms, "limit": limit, **place}
    return await taken.asking.narrowed(task["cluster_id"]).ask(EVENTS, values)


async def _children(taken: Taken, task: Row) -> tuple[list[Row], bool]:
    since_ms, until_ms = _span_ms(task, taken.now_s)
    values = {"task_id": task["task_id"], "since_ms": since_ms, "until_ms": until_ms, "limit": CHILDREN_MAX + 1}
    try:
        rows = await taken.asking.narrowed(task["cluster_id"]).ask(CHILDREN, values)
    except (TooSlow, OverBudget):
        return [], False
    return rows[:CHILDREN_MAX], len(rows) <= CHILDREN_MAX


def _span_ms(task: Row, now_s: float) -> tuple[int, int]:
    """Between what times its events and children lie: its own, with slack for clocks; open while it may go on."""
    names = ("anchor", "sent_at", "received_at", "started_at", "finished_at")
    known = [ms for name in names if (ms := _ms(task[name])) > 0]
    ended = _ms(task["finished_at"]) > 0
    until_ms = max(known) + SLACK_MS if ended else int(now_s * 1000) + OPEN_END_MS
    return max(0, min(known) - SLACK_MS), until_ms


def _told(task: Row, events: Sequence[Row], taken: Taken) -> dict[str, Any]:
    kept = events[:EVENTS_MAX]
    about = [row for row in kept if row["type"] not in OF_COMMANDS]
    failed = [row for row in about if row["traceback"]]
    return {
        **task_item(task, taken.slug(task["cluster_id"]), payload=taken.payload),
        "traceback": failed[-1]["traceback"] if failed and taken.payload else None,
        "attempts": [_attempt(item, payload=taken.payload) for item in attempts(about)],
        "events": [_event(row, task, taken) for row in kept],
        "commands": commands(row for row in kept if row["type"] in OF_COMMANDS),
        "events_complete": len(events) <= EVENTS_MAX and _kinds(about) >= task["kinds_seen"],
    }


def _kinds(events: Sequence[Row]) -> int:
    """As the fold counts them: each of Celery's own, LOST, and all custom ones together."""
    return len({row["type"] if row["type"] in FOLDED else "custom" for row in events})


def _event(row: Row, task: Row, taken: Taken) -> dict[str, Any]:
    return event_item(row, taken.slug(row["cluster_id"]), task["name"], payload=taken.payload)


def _attempt(item: Mapping[str, Any], *, payload: bool) -> dict[str, Any]:
    times = {name: shown(value) for name, value in item.items() if isinstance(value, datetime)}
    if payload:
        return {**item, **times}
    return {**item, **times, "exception": exception_type(item["exception"] or "") or None, "traceback": None}


def _child(row: Row, taken: Taken) -> dict[str, Any]:
    return {
        "id": row["task_id"],
        "cluster": taken.slug(row["cluster_id"]),
        "name": row["name"] or None,
        "state": row["state"],
        "runtime_s": ran_s(row),
    }


def _place_of(row: Row) -> tuple[int | str, ...]:
    return round(row["at"].timestamp() * 1_000_000), row["clock"], row["hostname"], row["pid"], row["type"]


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
