"""Rows of the store and the log as answers show them, and what is left of them without `tasks:payload`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from meadow.core.events import OWN_PREFIX, SNAPSHOT, event_id
from meadow.query.times import shown, shown_s

Row = Mapping[str, Any]
PAYLOAD = ("args", "kwargs", "result", "traceback")
CELERYS_OWN = frozenset(
    f"task-{what}"
    for what in ("sent", "received", "started", "succeeded", "failed", "retried", "revoked", "rejected", "cancelled")
) | {"worker-online", "worker-heartbeat", "worker-offline"}
# Columns a sender's fields were put into, under the name Celery 5.7 gives them.
SAID = {
    name: name for name in ("name", "args", "kwargs", "retries", "eta", "expires", "queue", "routing_key", "exchange")
} | {
    "root_id": "root_id",
    "parent_id": "parent_id",
    "result": "result",
    "runtime_s": "runtime",
    "exception": "exception",
    "traceback": "traceback",
}
_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def exception_type(text: str) -> str:
    """`ValueError` of `ValueError('secret')`; "" of what does not begin with a name."""
    found = _TYPE.match(text)
    return found[0] if found else ""


def task_item(row: Row, cluster: str, *, payload: bool) -> dict[str, Any]:
    """A row of `tasks` as a list shows it. Unknown is None."""
    waited = _known(row["started_at"]) and (_known(row["sent_at"]) or _known(row["received_at"]))
    return {
        "id": row["task_id"],
        "cluster": cluster,
        "name": row["name"] or None,
        "state": row["state"],
        "queue": row["queue"] or None,
        "worker": row["worker"] or None,
        "retries": row["retries"],
        **{name: shown(row[name]) for name in ("sent_at", "received_at", "started_at", "finished_at")},
        "runtime_s": ran_s(row),
        "queue_wait_s": round(row["queue_wait_s"], 6) if waited else None,
        "eta": shown(row["eta"]),
        "expires": shown(row["expires"]),
        **{name: row[name] or None if payload else None for name in ("args", "kwargs", "result")},
        "exception": (row["exception"] if payload else exception_type(row["exception"])) or None,
        "root_id": row["root_id"] or None,
        "parent_id": row["parent_id"] or None,
    }


def event_item(row: Row, cluster: str, name: str, *, payload: bool) -> dict[str, Any]:
    """A row of `events`, of the store (times as datetimes) or of the log (epoch seconds). name: the task's, when known."""
    return {
        "id": event_id({**row, "at": _epoch_s(row["at"])}),
        "cluster": cluster,
        "type": row["type"],
        "at": _shown(row["at"]),
        "received_at": _shown(row["received_at"]),
        "hostname": row.get("hostname", ""),
        "pid": row.get("pid", 0),
        "clock": row.get("clock", 0),
        "task_id": row.get("task_id") or None,
        "name": row.get("name") or name or None,
        "fields": fields_of(row, payload=payload),
        "marks": parsed(row.get("marks", "")),
    }


def fields_of(row: Row, *, payload: bool) -> dict[str, Any]:
    """Everything the sender said, under Celery's names; nothing of a custom event's without `payload`."""
    more = _more(row)
    said = {ours: _json(row[column]) for column, ours in SAID.items() if row.get(column) not in (None, "")}
    if payload:
        return {**said, **more}
    kept = {name: value for name, value in said.items() if name not in PAYLOAD}
    if "exception" in kept:
        kept["exception"] = exception_type(kept["exception"])
    own = row["type"] in CELERYS_OWN or row["type"].startswith(OWN_PREFIX)
    return {**kept, **more} if own else kept


def _more(row: Row) -> dict[str, Any]:
    """What has no column. A snapshot's value is the worker's page to show, to those who may see it."""
    said = parsed(row.get("fields", ""))
    if row["type"] == SNAPSHOT:
        said.pop("value", None)
    return said


def parsed(text: str) -> dict[str, Any]:
    """A JSON object kept as text; {} for "" and for what is none."""
    if not text:
        return {}
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def ran_s(row: Row) -> float | None:
    """How long a task ran at last: as its worker said, when it succeeded; from its last start to its end when it failed, which
    workers do not say. None when it is not known. The search has the same in `grammar/fields.py`."""
    if row["state"] != "FAILURE":
        return round(row["runtime_s"], 6) if row["runtime_s"] else None  # 0 stands for unknown
    ran = round((row["finished_at"] - row["started_at"]).total_seconds(), 6)
    return ran if _known(row["started_at"]) and ran >= 0 else None


def _known(moment: datetime) -> bool:
    return moment.timestamp() > 0


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return shown(value)
    return round(value, 6) if isinstance(value, float) else value


def _epoch_s(moment: datetime | float) -> float:
    return moment.timestamp() if isinstance(moment, datetime) else float(moment)


def _shown(moment: datetime | float) -> str | None:
    return shown(moment) if isinstance(moment, datetime) else shown_s(moment)
