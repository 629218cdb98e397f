"""What the query service offers: every operation with its parameters, bounds and answers."""

from __future__ import annotations

from meadow.core.operations import Operation, Parameter
from meadow.core.scope import Permission
from meadow.query import schemas

API = "/api/v1"

CLUSTER = Parameter(
    name="cluster", kind="text", at_most=63, repeats_max=100, example="shop-eu", meaning="Only these clusters, by slug."
)
ONE_CLUSTER = Parameter(name="cluster", kind="text", at_most=63, example="shop-eu", meaning="Which cluster, by slug.")
STATE = Parameter(
    name="state",
    kind="text",
    at_most=64,
    repeats_max=20,
    example="FAILURE",
    meaning="Celery's state, LOST, or a custom one.",
)
NAME = Parameter(
    name="name", kind="text", repeats_max=50, example="shop.tasks.capture", meaning="The task's whole name."
)
WORKER = Parameter(name="worker", kind="text", repeats_max=50, example="celery@web-1", meaning="The worker's hostname.")
QUEUE = Parameter(name="queue", kind="text", repeats_max=50, example="payments", meaning="The queue it was sent to.")
CURSOR = Parameter(name="cursor", kind="cursor", meaning="`next` of the page before.")
LIMIT = Parameter(name="limit", kind="number", at_most=500, default="50", example="100", meaning="Rows of a page.")
TASK_ID = Parameter(
    name="id",
    kind="text",
    place="path",
    required=True,
    meaning="The task's id.",
    example="797dc3e1-ef95-4891-bb1d-29ec85dae294",
)


def _since(meaning: str, default: str = "") -> Parameter:
    return Parameter(name="from", kind="time", example="now-1h", default=default, meaning=meaning)


def _until(meaning: str) -> Parameter:
    return Parameter(name="to", kind="time", example="now", meaning=meaning)


COUNTED_SINCE = _since("Completeness, drops, gaps and dead letters since then; drops by whole hours.", "now-1h")

CLUSTERS = Operation(
    method="GET",
    path=f"{API}/clusters",
    summary="Clusters, their health, and how much of what happened was seen",
    permission=Permission.WORKERS_READ,
    parameters=(COUNTED_SINCE,),
    answer=schemas.listed(schemas.CLUSTER),
    refuses=("bad_question", "over_budget", "too_slow"),
)
ONE = Operation(
    method="GET",
    path=f"{API}/clusters/{{cluster}}",
    summary="One cluster",
    permission=Permission.WORKERS_READ,
    parameters=(
        Parameter(
            name="cluster", kind="text", at_most=63, place="path", required=True, meaning="Its slug.", example="shop-eu"
        ),
        COUNTED_SINCE,
    ),
    answer=schemas.single(schemas.CLUSTER),
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
TASKS = Operation(
    method="GET",
    path=f"{API}/tasks",
    summary="Tasks, newest first",
    detail="Without a range the last hour is read first, then the day, the month and all, until the page is full. `complete` is"
    " false when the deadline came first; `next` then goes on where reading stopped.",
    permission=Permission.TASKS_READ,
    parameters=(
        CLUSTER,
        STATE,
        NAME,
        WORKER,
        QUEUE,
        _since("Born at or after this."),
        _until("Born before this."),
        Parameter(
            name="q",
            kind="text",
            at_most=256,
            example='timeout "order 4711"',
            meaning="Words and quoted phrases, all of which must match: a part of the name, whole words of args, kwargs or"
            " exception, or one word alone the beginning of the id. Without tasks:payload only names, exception types and ids.",
        ),
        Parameter(name="sort", kind="choice", choices=("newest", "oldest"), default="newest", meaning="By birth."),
        LIMIT,
        CURSOR,
    ),
    answer=schemas.listed(schemas.TASK, payload=schemas.PAYLOAD),
    refuses=("bad_question", "not_found", "over_budget"),
)
TASK = Operation(
    method="GET",
    path=f"{API}/tasks/{{id}}",
    summary="The whole story of a task: attempts, events, children, commands",
    detail="In several clusters: the newest, and `also_in` names the others.",
    permission=Permission.TASKS_READ,
    parameters=(TASK_ID, ONE_CLUSTER),
    answer=schemas.single(schemas.STORY, payload=schemas.PAYLOAD),
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
TASK_EVENTS = Operation(
    method="GET",
    path=f"{API}/tasks/{{id}}/events",
    summary="What was said about a task, oldest first",
    permission=Permission.TASKS_READ,
    parameters=(TASK_ID, ONE_CLUSTER, LIMIT, CURSOR),
    answer=schemas.listed(schemas.EVENT, payload=schemas.PAYLOAD),
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
WORKERS = Operation(
    method="GET",
    path=f"{API}/workers",
    summary="Workers: who is alive, how loaded, since when",
    permission=Permission.WORKERS_READ,
    parameters=(
        CLUSTER,
        Parameter(
            name="state",
            kind="choice",
            choices=("online", "silent", "offline"),
            repeats_max=3,
            meaning="online; silent: nothing heard for five heartbeats and 15 s; offline: it said it ends.",
        ),
        LIMIT,
        CURSOR,
    ),
    answer=schemas.listed(schemas.WORKER),
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
ONE_WORKER = Operation(
    method="GET",
    path=f"{API}/workers/{{hostname}}",
    summary="One worker",
    permission=Permission.WORKERS_READ,
    parameters=(
        Parameter(
            name="hostname",
            kind="text",
            place="path",
            required=True,
            meaning="As Celery says it.",
            example="celery@web-1",
        ),
        ONE_CLUSTER,
    ),
    answer=schemas.single(
        {**schemas.WORKER, "properties": {**schemas.WORKER["properties"], "also_in": schemas.several(schemas.TEXT)}}
    ),
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
TRENDS = Operation(
    method="GET",
    path=f"{API}/trends",
    summary="Counts, failure rate and percentiles over time",
    detail="Buckets by the time a task finished, aligned to the step. Empty ones are there, with zero counts"
    " and null percentiles.",
    permission=Permission.TASKS_READ,
    parameters=(
        _since("The first bucket holds this.", "now-1h"),
        _until("Finished before this; now when left out."),
        Parameter(
            name="step",
            kind="choice",
            choices=("auto", "1m", "5m", "15m", "1h", "1d"),
            default="auto",
            meaning="Of a bucket.",
        ),
        Parameter(
            name="by",
            kind="choice",
            choices=("name", "queue", "worker", "state", "cluster"),
            meaning="One series for each value, the largest first; all in one when left out.",
        ),
        Parameter(
            name="top", kind="number", at_most=50, default="10", meaning="How many series; the rest are one, `(other)`."
        ),
        CLUSTER,
        STATE,
        NAME,
        WORKER,
        QUEUE,
    ),
    answer=schemas.TRENDS,
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
LIVE = Operation(
    method="GET",
    path=f"{API}/live",
    summary="Events as they happen",
    detail="Server-sent events. `events`: {items, watermark}, id: a cursor. `missed`: {rows, reason}: a slow viewer, or a"
    " position that is no longer kept; rows is null when unknown. `position`: {watermark}, at least every 5 s. Resume with"
    " `Last-Event-ID`, or `cursor`.",
    permission=Permission.TASKS_READ,
    parameters=(
        CLUSTER,
        Parameter(name="type", kind="text", repeats_max=50, example="task-failed", meaning="The event's type."),
        NAME,
        WORKER,
        Parameter(name="task_id", kind="text", repeats_max=50, meaning="Events about these tasks."),
        STATE,
        CURSOR,
        Parameter(
            name="Last-Event-ID", kind="cursor", place="header", meaning="What a browser sends when it comes back."
        ),
    ),
    media="text/event-stream",
    answer={"type": "string"},
    refuses=("bad_question", "not_found", "over_budget", "position_lost", "log_unavailable"),
)
ME = Operation(method="GET", path=f"{API}/me", summary="Who you are and what you may do", answer=schemas.ME)
OPENAPI = Operation(method="GET", path=f"{API}/openapi.json", summary="This document", answer=schemas.ANYTHING)
DOCS = Operation(
    method="GET", path=f"{API}/docs", summary="This document, to be read", media="text/html", answer={"type": "string"}
)

OFFERS = (CLUSTERS, ONE, TASKS, TASK, TASK_EVENTS, WORKERS, ONE_WORKER, TRENDS, LIVE, ME, OPENAPI, DOCS)
