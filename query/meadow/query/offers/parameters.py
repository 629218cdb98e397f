"""Parameters that several questions take."""

from __future__ import annotations

from meadow.core.operations import Parameter

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

Q = Parameter(
    name="q",
    kind="text",
    at_most=2_048,
    example='state:FAILURE runtime:>2s -queue:slow "order 4711"',
    meaning="Terms, all of which must match; `OR`, `NOT` or `-`, and parentheses. A word or a quoted phrase: a part of"
    " the name, whole words of args, kwargs or exception, and one word alone the beginning of the id. `field:value`,"
    " `field:a,b` (any of them), `field:=value` (the whole of it), `field:*` (known at all), `runtime:>2s`, `retries:1..3`,"
    " `finished:2026-01-31`; `/tasks/fields` tells the fields. What is not known matches no value, and is among what a negation"
    " finds. Without tasks:payload a word is looked for in names, exception types and ids only. A refusal says `position` and"
    " `length`, in characters.",
)
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


STEP = Parameter(
    name="step", kind="choice", choices=("auto", "1m", "5m", "15m", "1h", "1d"), default="auto", meaning="Of a bucket."
)


def since(meaning: str, default: str = "") -> Parameter:
    return Parameter(name="from", kind="time", example="now-1h", default=default, meaning=meaning)


def until(meaning: str) -> Parameter:
    return Parameter(name="to", kind="time", example="now", meaning=meaning)
