"""What is asked of tasks and of one."""

from __future__ import annotations

from meadow.core.operations import Operation, Parameter
from meadow.core.scope import Permission
from meadow.query import schemas
from meadow.query.offers.parameters import (
    API,
    CLUSTER,
    CURSOR,
    LIMIT,
    NAME,
    ONE_CLUSTER,
    QUEUE,
    STATE,
    TASK_ID,
    WORKER,
    Q,
    since,
    until,
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
        since("Born at or after this."),
        until("Born before this."),
        Q,
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
