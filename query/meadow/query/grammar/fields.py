"""What can be searched by name: each field's kind, and the columns of `tasks` it is read from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from meadow.core.scope import Permission

Kind = Literal["text", "choice", "number", "duration", "time"]
Match = Literal["contains", "begins"]
STATES = ("PENDING", "RECEIVED", "STARTED", "RETRY", "SUCCESS", "FAILURE", "REVOKED", "REJECTED", "LOST")
SCHEDULED = "SCHEDULED"  # no state of Celery's: not begun, and due later
DUE_LATER = (
    "state IN ('PENDING', 'RECEIVED') AND toUnixTimestamp64Milli(eta) > "  # and the parameter that is now, in epoch ms
)
SHOWN_AS = {
    "WAITING": "PENDING",
    "RUNNING": "STARTED",
    "SUCCEEDED": "SUCCESS",
    "FAILED": "FAILURE",
    "RETRYING": "RETRY",
}
TAKES = {
    "text": "text, `=text` for the whole of it, or `*` for any",
    "choice": "a state: " + ", ".join((*STATES, SCHEDULED)) + ", the page's word for one, or a custom one",
    "number": "a whole number: 3, >=2, 1..5",
    "duration": "a duration with a unit (ms, s, m, h, d): >2s, >=500ms, 1s..5s",
    "time": "a time: >now-1h, <2026-01-31T12:00:00Z, 2026-01-01..2026-01-02",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. column, known: expressions over `tasks`; known: whether there is a value at all, as 0 and '' stand for none.

    match     how a text without `=` and `*` is compared: anywhere in it, or at its beginning.
    wildcard  whether `*` stands for any text.
    needs     the permission without which it cannot be asked.
    """

    name: str
    kind: Kind
    meaning: str
    example: str
    column: str
    known: str
    match: Match = "contains"
    wildcard: bool = False
    needs: Permission | None = None

    @property
    def takes(self) -> str:
        return TAKES[self.kind]

    def item(self) -> dict[str, Any]:
        """As the API shows it."""
        values = [*STATES, SCHEDULED] if self.kind == "choice" else None
        needs = str(self.needs) if self.needs else None
        said = {"name": self.name, "kind": self.kind, "meaning": self.meaning, "example": self.example}
        return {**said, "values": values, "needs": needs}


def _text(name: str, meaning: str, example: str, column: str = "", *, needs: Permission | None = None) -> Field:
    return Field(
        name=name,
        kind="text",
        meaning=meaning,
        example=f"{name}:{example}",
        column=column or name,
        known=f"{column or name} != ''",
        needs=needs,
    )


def _pattern(name: str, meaning: str, example: str, column: str = "", match: Match = "contains") -> Field:
    return replace(_text(name, meaning, example, column), match=match, wildcard=True)


def _time(name: str, meaning: str, example: str, column: str) -> Field:
    known = f"toUnixTimestamp64Milli({column}) > 0"
    return Field(name=name, kind="time", meaning=meaning, example=f"{name}:{example}", column=column, known=known)


PAYLOAD = Permission.TASKS_PAYLOAD
WAITED = "toUnixTimestamp64Milli(started_at) > 0 AND (sent_key > 0 OR received_key > 0)"
# Who succeeded said how long it took. A failure says nothing, so it is from its last start to its end; where that is a negative
# time, it began again after it had failed, and is not known. `shapes.ran_s` is the same of a row.
FAILED, BEGAN_MS = "bitAnd(rank, 255) = 8", "toUnixTimestamp64Milli(started_at)"
RAN_MS = f"toUnixTimestamp64Milli(finished_at) - {BEGAN_MS}"
RAN_S = f"if({FAILED}, if({BEGAN_MS} > 0, toFloat32(greatest(0, {RAN_MS}) / 1000), 0), runtime_s)"
RAN_KNOWN = f"if({FAILED}, {BEGAN_MS} > 0 AND {RAN_MS} >= 0, runtime_s > 0)"
FIELDS = {
    field.name: field
    for field in (
        Field(
            name="state",
            kind="choice",
            meaning="Celery's state or the page's word for it, in any case; or a custom state.",
            example="state:FAILURE,REVOKED",
            column="state",
            known="state != ''",
        ),
        _pattern("name", "A part of the task's name.", "shop.*.capture"),
        _pattern("worker", "A part of the worker's hostname.", "celery@web-1"),
        _pattern("queue", "A part of the queue's name.", "payments"),
        _pattern("cluster", "A part of the cluster's slug.", "shop-eu", "toString(cluster_id)"),
        _pattern("id", "The task's id or its beginning.", "797dc3e1", "task_id", "begins"),
        _pattern("root", "The id of its workflow's first task.", "797dc3e1", "root_id", "begins"),
        _pattern("parent", "The id of the task that sent it.", "797dc3e1", "parent_id", "begins"),
        _text("args", "A part of its arguments.", '"order 4711"', needs=PAYLOAD),
        _text("kwargs", "A part of its named arguments, or one of them and its value.", "amount=20", needs=PAYLOAD),
        _text("result", "A part of its result.", "done", needs=PAYLOAD),
        _pattern("exception", "A part of the exception; `=` compares its type.", "=TimeoutError"),
        _text("traceback", "A part of the traceback of any of its attempts.", '"line 42"', needs=PAYLOAD),
        Field(
            name="retries",
            kind="number",
            meaning="How often it was tried again.",
            example="retries:>=2",
            column="retries",
            known="1",
        ),
        Field(
            name="runtime",
            kind="duration",
            meaning="How long it ran at last, when it succeeded or failed.",
            example="runtime:>2s",
            column=RAN_S,
            known=RAN_KNOWN,
        ),
        Field(
            name="wait",
            kind="duration",
            meaning="How long it waited from being due until it was started.",
            example="wait:>30s",
            column="queue_wait_s",
            known=WAITED,
        ),
        _time("eta", "When it is due at the earliest.", ">now", "eta"),
        _time("sent", "When it was sent.", ">now-1h", "sent_at"),
        _time("received", "When a worker took it.", "2026-01-01", "received_at"),
        _time("started", "When it began to run.", "<now-10m", "started_at"),
        _time("finished", "When it ended.", "2026-01-01..2026-01-02", "finished_at"),
    )
}
