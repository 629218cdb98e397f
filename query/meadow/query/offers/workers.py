"""What is asked of workers and of one."""

from __future__ import annotations

from meadow.core.operations import Operation, Parameter
from meadow.core.scope import Permission
from meadow.query import schemas
from meadow.query.offers.parameters import API, CLUSTER, CURSOR, LIMIT, ONE_CLUSTER, STEP, since, until

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

HOSTNAME = Parameter(
    name="hostname",
    kind="text",
    place="path",
    required=True,
    meaning="As Celery says it.",
    example="celery@web-1",
)

ONE_WORKER = Operation(
    method="GET",
    path=f"{API}/workers/{{hostname}}",
    summary="One worker: what it last said and answered, and which tasks it holds",
    detail="`snapshot` is what it answered when it was inspected, by kind; `conf` is for who has workers:control, arguments of"
    " tasks for who has tasks:payload. `held` and `held_count` are null without tasks:read; of `held` the running come first.",
    permission=Permission.WORKERS_READ,
    parameters=(HOSTNAME, ONE_CLUSTER),
    answer=schemas.single(schemas.ONE_WORKER),
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)

WORKER_HISTORY = Operation(
    method="GET",
    path=f"{API}/workers/{{hostname}}/history",
    summary="One worker over time, from its heartbeats",
    detail="`active` and `load1` are the most that was said in a step, `processed` how many tasks it counted in it; null where"
    " nothing was heard.",
    permission=Permission.WORKERS_READ,
    parameters=(
        HOSTNAME,
        ONE_CLUSTER,
        since("The first step holds this.", "now-1h"),
        until("Said before this; now when left out."),
        STEP,
    ),
    answer=schemas.single(schemas.WORKER_HISTORY),
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
