"""What is asked of workers and of one."""

from __future__ import annotations

from meadow.core.operations import Operation, Parameter
from meadow.core.scope import Permission
from meadow.query import schemas
from meadow.query.offers.parameters import API, CLUSTER, CURSOR, LIMIT, ONE_CLUSTER

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
    answer=schemas.single(schemas.ONE_WORKER),
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
