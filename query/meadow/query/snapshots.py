"""What a worker answered when it was inspected, as far as the caller may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from meadow.core.scope import Caller, Permission
from meadow.query.times import shown

Row = Mapping[str, Any]
KINDS = ("stats", "active", "reserved", "scheduled", "active_queues", "registered", "revoked", "conf")
TASKS = frozenset({"active", "reserved", "scheduled"})
PAYLOAD = frozenset({"args", "kwargs", "argsrepr", "kwargsrepr"})
_CELERYS_POOLS = "celery.concurrency."


def kinds_for(caller: Caller) -> list[str]:
    """A configuration may hold what nobody knew to be a secret: it is for those who may change workers."""
    sees_all = Permission.WORKERS_CONTROL in caller.permissions
    return [kind for kind in KINDS if kind != "conf" or sees_all]


def snapshot(rows: Iterable[Row], *, payload: bool) -> dict[str, Any]:
    """By kind; one that was never answered is not there. value is None when it could not be answered or read."""
    return {
        row["what"]: {
            "at": shown(row["answered_at"]),
            "value": _value(row, payload=payload),
            "cut": bool(row["cut"]),
            "error": row["error"] or None,
        }
        for row in rows
    }


def pool(row: Row) -> dict[str, Any] | None:
    """Celery's own pools by their short names: `prefork`."""
    said: str = row["pool"]
    if not said:
        return None
    module = said.partition(":")[0]
    short = module.removeprefix(_CELERYS_POOLS) if module.startswith(_CELERYS_POOLS) else said
    return {"implementation": short, "max_concurrency": row["pool_size"] or None}


def _value(row: Row, *, payload: bool) -> Any:
    try:
        value = orjson.loads(row["value"])
    except orjson.JSONDecodeError:
        return None
    return value if payload or row["what"] not in TASKS else _without_payload(value)


def _without_payload(value: Any) -> Any:
    """Control keeps none; what another version kept is hidden here."""
    if isinstance(value, list):
        return [_without_payload(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_payload(one) for name, one in value.items() if name not in PAYLOAD}
    return value
