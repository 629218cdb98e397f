"""What control offers over HTTP, declared for the OpenAPI document."""

from __future__ import annotations

from meadow.control.audit import ASKED_BY_CHARS_MAX, LIMIT_DEFAULT, LIMIT_MAX
from meadow.control.order import DESTINATIONS_MAX, HOSTNAME_CHARS_MAX, REASON_CHARS_MAX
from meadow.control.outcome import STATES
from meadow.control.table import COMMANDS
from meadow.core.operations import Operation, Parameter, Schema, named
from meadow.core.scope import Permission

API = "/api/v1"
TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
ARGUMENTS: Schema = {"type": "object", "additionalProperties": True}  # each command has its own
TIME: Schema = {"type": ["string", "null"], "format": "date-time"}


def thing(**members: Schema) -> Schema:
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


def several(one: Schema) -> Schema:
    return {"type": "array", "items": one}


REPLY = named("CommandReply", thing(hostname=TEXT, ok={"type": "boolean"}, reply={}))
COMMAND = named(
    "Command",
    thing(
        id=TEXT,
        cluster=TEXT,
        command={"type": "string", "enum": list(COMMANDS)},
        arguments=ARGUMENTS,
        destination={"type": ["array", "null"], "items": TEXT},
        reason=TEXT,
        asked_by=TEXT,
        asked_at=TIME,
        answered_at=TIME,
        state={"type": "string", "enum": list(STATES)},
        answered=several(REPLY),
        silent=several(TEXT),
        expected={"type": "integer"},
        problem=TEXT,
    ),
)
EFFECT = named("Effect", thing(text=TEXT, count={"type": ["integer", "null"]}, unknown={"type": "boolean"}))
ORDER: Schema = {
    "type": "object",
    "required": ["command"],
    "additionalProperties": False,
    "properties": {
        "command": {"type": "string", "enum": list(COMMANDS)},
        "arguments": {**ARGUMENTS, "default": {}},
        "destination": {
            "type": ["array", "null"],
            "items": {"type": "string", "minLength": 1, "maxLength": HOSTNAME_CHARS_MAX},
            "minItems": 1,
            "maxItems": DESTINATIONS_MAX,
            "description": "Hostnames that shall act; null means every worker, which shutdown does not take.",
        },
        "reason": {"type": ["string", "null"], "maxLength": REASON_CHARS_MAX},
        "dry_run": {"type": "boolean", "default": False},
    },
}
CLUSTER = Parameter(
    name="cluster", kind="text", at_most=63, place="path", required=True, meaning="Its slug.", example="shop-eu"
)
SEND = Operation(
    method="POST",
    path=f"{API}/clusters/{{cluster}}/commands",
    summary="Send a command to the workers of a cluster, or see what it would do",
    detail="Commands and their arguments: revoke {task_ids, terminate, signal}; rate_limit {task_name, rate_limit};"
    " time_limit {task_name, soft_s, hard_s}; pool_grow {n}; pool_shrink {n}; pool_restart {}; autoscale {max, min};"
    " ping {}; inspect {what}; add_consumer {queue}; cancel_consumer {queue}; enable_events {}; disable_events {};"
    " shutdown {}, whose workers are named. revoke needs tasks:control, all others workers:control. A command is sent"
    " at most once under one Idempotency-Key; repeating it answers the same outcome. While another process has it on"
    " its way that may be 409 on_its_way. The outcome's state is answered, partial, silent, or sent where Celery"
    " answers nothing (shutdown). With dry_run nothing is sent and the answer is {item: {effects}}.",
    parameters=(
        CLUSTER,
        Parameter(
            name="Idempotency-Key",
            kind="text",
            place="header",
            meaning="1 to 255 visible ASCII characters.",
            example="a1b2",
        ),
    ),
    body=ORDER,
    answer={"anyOf": [thing(item=COMMAND, watermark=TIME), thing(item=thing(effects=several(EFFECT)))]},
    refuses=(
        *("bad_request", "bad_command", "not_found", "conflict", "on_its_way", "over_budget"),
        *("log_unavailable", "store_unavailable", "broker_unavailable", "broker_refused"),
    ),
)
LIST = Operation(
    method="GET",
    path=f"{API}/commands",
    summary="The audit trail: commands, newest first",
    permission=Permission.AUDIT_READ,
    parameters=(
        Parameter(
            name="cluster", kind="text", at_most=63, repeats_max=100, meaning="Only of these.", example="shop-eu"
        ),
        Parameter(name="command", kind="choice", choices=tuple(COMMANDS), meaning="Only these."),
        Parameter(name="state", kind="choice", choices=STATES, meaning="Only these."),
        Parameter(name="asked_by", kind="text", at_most=ASKED_BY_CHARS_MAX, meaning="Only of this person or token."),
        Parameter(name="from", kind="time", meaning="Asked at this time or later.", example="now-1h"),
        Parameter(name="to", kind="time", meaning="Asked before this time.", example="now"),
        Parameter(name="limit", kind="number", at_most=LIMIT_MAX, default=str(LIMIT_DEFAULT), meaning="How many."),
        Parameter(name="cursor", kind="cursor", meaning="`next` of the page before."),
    ),
    answer=thing(items=several(COMMAND), next=MAYBE_TEXT, complete={"type": "boolean"}, watermark=TIME),
    refuses=("bad_question", "not_found", "too_slow"),
)
ONE = Operation(
    method="GET",
    path=f"{API}/commands/{{id}}",
    summary="One command: who asked, who answered what, who was silent",
    permission=Permission.AUDIT_READ,
    parameters=(Parameter(name="id", kind="text", at_most=32, place="path", required=True, meaning="Its id."),),
    answer=thing(item=COMMAND, watermark=TIME),
    refuses=("not_found", "too_slow"),
)
OFFERS = (SEND, LIST, ONE)
