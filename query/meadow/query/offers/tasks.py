"""What is asked of tasks and of one."""

from __future__ import annotations

from dataclasses import replace

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
    " false when the deadline came first; `next` then goes on where reading stopped. Sorted by length the last day, or hour,"
    " of the range is shown then.",
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
        Parameter(
            name="sort",
            kind="choice",
            choices=("newest", "oldest", "runtime", "wait"),
            default="newest",
            meaning="By birth, or the longest first: then give a range, as all of it is read.",
        ),
        LIMIT,
        CURSOR,
    ),
    answer=schemas.listed(schemas.TASK, payload=schemas.PAYLOAD),
    refuses=("bad_question", "not_found", "over_budget"),
)

FACETS = Operation(
    method="GET",
    path=f"{API}/tasks/facets",
    summary="How many tasks match, of which kinds, and when they were born",
    detail="By state, each state is counted as if none had been asked for, in `state` and in `q`; total and histogram keep to"
    " them. Tasks whose value is not known have no item. `scheduled`: how many of the PENDING and RECEIVED are due later, by"
    " state only; they are in those items too. `complete` is false when only the last day, or hour, of the range"
    " could be counted before the deadline; the histogram then is of that.",
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
        Parameter(
            name="by",
            kind="choice",
            choices=("state", "name", "worker", "queue", "cluster", "exception"),
            default="state",
            meaning="One item for each value, the most frequent first; exceptions by their type.",
        ),
        Parameter(name="prefix", kind="text", example="capt", meaning="Only values with this in them, in any case."),
        Parameter(name="limit", kind="number", at_most=100, default="20", meaning="Items; `more` tells of others."),
        Parameter(
            name="buckets",
            kind="number",
            at_least=0,
            at_most=200,
            default="0",
            example="60",
            meaning="About so many points of the histogram, at round times; none for 0.",
        ),
    ),
    answer=schemas.FACETS,
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
FIELDS = Operation(
    method="GET",
    path=f"{API}/tasks/fields",
    summary="What `q` can search by name",
    detail="`values`: the known ones of a choice. `needs`: the permission without which it is refused.",
    permission=Permission.TASKS_READ,
    answer=schemas.FIELDS,
    refuses=("over_budget",),
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

# A path cannot name every id: `facets` and `fields` are questions there, `..` climbs, and a proxy may read what is escaped.
NAMED = (replace(TASK_ID, place="query"), ONE_CLUSTER)
NAMED_TASK = replace(
    TASK,
    path=f"{API}/task",
    summary="The whole story of a task of any id",
    detail=f"As `/tasks/{{id}}`, also for an id that a path cannot name: `facets`, `fields`, `..`. {TASK.detail}",
    parameters=NAMED,
)
NAMED_TASK_EVENTS = replace(
    TASK_EVENTS,
    path=f"{API}/task/events",
    summary="What was said about a task of any id, oldest first",
    parameters=(*NAMED, LIMIT, CURSOR),
)
