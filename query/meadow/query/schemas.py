"""JSON Schemas of the answers, as the OpenAPI document shows them and the tests hold the answers to."""

from __future__ import annotations

from meadow.core.operations import Schema, named
from meadow.core.scope import Permission
from meadow.query.problems.problem import KINDS, SEVERITIES

TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
NUMBER: Schema = {"type": ["number", "null"]}
COUNT: Schema = {"type": "integer"}
MAYBE_COUNT: Schema = {"type": ["integer", "null"]}
FLAG: Schema = {"type": "boolean"}
ANYTHING: Schema = {"type": "object", "additionalProperties": True}


def thing(**members: Schema) -> Schema:
    """An object with exactly these members, all of them always there."""
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


def several(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def listed(item: Schema, **more: Schema) -> Schema:
    """The envelope of a list."""
    return thing(items=several(item), next=MAYBE_TEXT, complete=FLAG, watermark=TIME, **more)


def single(item: Schema, **more: Schema) -> Schema:
    """The envelope of one thing."""
    return thing(item=item, watermark=TIME, **more)


PAYLOAD: Schema = {"type": "string", "enum": ["shown", "hidden"]}

_TASK = {
    "id": TEXT,
    "cluster": TEXT,
    "name": MAYBE_TEXT,
    "state": TEXT,
    "queue": MAYBE_TEXT,
    "worker": MAYBE_TEXT,
    "retries": COUNT,
    "sent_at": TIME,
    "received_at": TIME,
    "started_at": TIME,
    "finished_at": TIME,
    "runtime_s": NUMBER,
    "queue_wait_s": NUMBER,
    "eta": TIME,
    "expires": TIME,
    "args": MAYBE_TEXT,
    "kwargs": MAYBE_TEXT,
    "result": MAYBE_TEXT,
    "exception": MAYBE_TEXT,
    "root_id": MAYBE_TEXT,
    "parent_id": MAYBE_TEXT,
}
TASK = named("Task", thing(**_TASK))

EVENT = named(
    "Event",
    thing(
        id=TEXT,
        cluster=TEXT,
        type=TEXT,
        at=TIME,
        received_at=TIME,
        hostname=TEXT,
        pid=COUNT,
        clock=COUNT,
        task_id=MAYBE_TEXT,
        name=MAYBE_TEXT,
        fields=ANYTHING,
        marks=ANYTHING,
    ),
)

ATTEMPT = named(
    "Attempt",
    thing(
        number=COUNT,
        state=TEXT,
        worker=MAYBE_TEXT,
        queue=MAYBE_TEXT,
        sent_at=TIME,
        received_at=TIME,
        started_at=TIME,
        finished_at=TIME,
        runtime_s=NUMBER,
        exception=MAYBE_TEXT,
        traceback=MAYBE_TEXT,
    ),
)

CHILD = named("Child", thing(id=TEXT, cluster=TEXT, name=MAYBE_TEXT, state=TEXT, runtime_s=NUMBER))

REPLY = named("TaskCommandReply", thing(hostname=TEXT, ok={"type": ["boolean", "null"]}, reply={}))
COMMAND = named(
    "TaskCommand",
    thing(
        id=TEXT,
        command=TEXT,
        arguments=ANYTHING,
        asked_by=MAYBE_TEXT,
        asked_at=TIME,
        reason=MAYBE_TEXT,
        answered=several(REPLY),
        silent=several(TEXT),
    ),
)

STORY = named(
    "Story",
    thing(
        **_TASK,
        traceback=MAYBE_TEXT,
        attempts=several(ATTEMPT),
        events=several(EVENT),
        children=several(CHILD),
        children_complete=FLAG,
        commands=several(COMMAND),
        events_complete=FLAG,
        also_in=several(TEXT),
    ),
)

_WORKER = {
    "hostname": TEXT,
    "cluster": TEXT,
    "state": {"type": "string", "enum": ["online", "silent", "offline"]},
    "reason": TEXT,
    "last_seen_at": TIME,
    "active": COUNT,
    "processed": COUNT,
    "load": several({"type": "number"}),
    "freq_s": NUMBER,
    "software": MAYBE_TEXT,
    "version": MAYBE_TEXT,
    "pid": COUNT,
    "pool": {"anyOf": [thing(implementation=TEXT, max_concurrency=MAYBE_COUNT), {"type": "null"}]},
    "queues": {"type": ["array", "null"], "items": TEXT},
    "finished": MAYBE_COUNT,
    "failed": MAYBE_COUNT,
    "snapshot_at": TIME,
}
WORKER = named("Worker", thing(**_WORKER))
SNAPSHOT = named("Snapshot", thing(at=TIME, value={}, cut=FLAG, error=MAYBE_TEXT))
ONE_WORKER = named(
    "OneWorker",
    thing(
        **_WORKER,
        snapshot={"type": "object", "additionalProperties": SNAPSHOT},
        held={"type": ["array", "null"], "items": TASK},
        held_count=MAYBE_COUNT,
        also_in=several(TEXT),
    ),
)
WORKER_HISTORY = named(
    "WorkerHistory",
    thing(
        hostname=TEXT,
        cluster=TEXT,
        **{"from": TIME, "to": TIME},
        step_s=COUNT,
        points=several(thing(at=TIME, active=MAYBE_COUNT, processed=MAYBE_COUNT, load1=NUMBER, heard=FLAG)),
    ),
)

CLUSTER = named(
    "Cluster",
    thing(
        slug=TEXT,
        name=TEXT,
        broker=TEXT,
        workers_online=COUNT,
        workers_silent=COUNT,
        events_per_s=NUMBER,
        lag_s=NUMBER,
        completeness=thing(seen=COUNT, known=COUNT, share=NUMBER, since=TIME),
        drops={"type": "object", "additionalProperties": COUNT},
        dead_letters=COUNT,
        gaps=COUNT,
        connected={"type": ["boolean", "null"]},
        problem=TEXT,
        since=TIME,
    ),
)

TROUBLE = named(
    "Trouble",
    thing(
        id=TEXT,
        kind={"type": "string", "enum": list(KINDS)},
        severity={"type": "string", "enum": list(SEVERITIES)},
        cluster=TEXT,
        subject=TEXT,
        text=TEXT,
        cause=MAYBE_TEXT,
        since=TIME,
        value=NUMBER,
        usual=NUMBER,
        unit=TEXT,
        count=MAYBE_COUNT,
        link=thing(page=TEXT, params={"type": "object", "additionalProperties": TEXT}),
    ),
)

BIRTHS = named("Births", thing(at=TIME, matching=COUNT, failed=COUNT, lost=COUNT))
FACETS = thing(
    items=several(thing(key=TEXT, count=COUNT)),
    total=COUNT,
    more=FLAG,
    scheduled=MAYBE_COUNT,
    histogram={"anyOf": [thing(**{"from": TIME, "to": TIME}, step_s=COUNT, points=several(BIRTHS)), {"type": "null"}]},
    complete=FLAG,
    watermark=TIME,
)
FIELD = named(
    "SearchField",
    thing(
        name=TEXT,
        kind={"type": "string", "enum": ["text", "choice", "number", "duration", "time"]},
        meaning=TEXT,
        example=TEXT,
        values={"type": ["array", "null"], "items": TEXT},
        needs=MAYBE_TEXT,
    ),
)
FIELDS = thing(items=several(FIELD), watermark=TIME)

PERCENTILES = named("Percentiles", thing(p50=NUMBER, p95=NUMBER, p99=NUMBER))
_COUNTS = {
    "count": COUNT,
    "succeeded": COUNT,
    "failed": COUNT,
    "revoked": COUNT,
    "retried": COUNT,
    "failure_rate": NUMBER,
    "runtime_s": PERCENTILES,
    "queue_wait_s": PERCENTILES,
}
POINT = named("TrendPoint", thing(at=TIME, **_COUNTS, seen=MAYBE_COUNT, known=MAYBE_COUNT))
TREND_TOTALS = named("TrendTotals", thing(**_COUNTS, per_s=NUMBER, spent_s=NUMBER))
TRENDS: Schema = thing(
    **{"from": TIME, "to": TIME},
    step_s=COUNT,
    by=MAYBE_TEXT,
    items=several(thing(key=MAYBE_TEXT, totals=TREND_TOTALS, points=several(POINT))),
    totals=TREND_TOTALS,
    complete=FLAG,
    watermark=TIME,
)

ME = thing(
    item=named(
        "Me",
        thing(
            subject=TEXT,
            tenant=TEXT,
            permissions=several({"type": "string", "enum": [str(one) for one in Permission]}),
            clusters={"type": ["array", "null"], "items": TEXT},
        ),
    )
)
