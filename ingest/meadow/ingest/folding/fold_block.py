"""Folds one block of the log into rows in memory; lines that are no events of ours are handed back, not folded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from meadow.core.events import LOST
from meadow.ingest.folding import fold
from meadow.ingest.folding.fold_rows import VERSION, Row, new

Event = dict[str, Any]
States = dict[str, Row]  # by task id, of one partition, tenant and cluster


@dataclass(frozen=True, slots=True)
class Decoded:
    """events: what can be folded. rows: their lines as they came. refused: lines that cannot be read, in their order."""

    events: list[Event]
    rows: bytes
    refused: tuple[bytes, ...] = ()


def decode(rows: bytes) -> Decoded:
    """One parse for the whole block; line by line only where something in it is wrong."""
    try:
        events = orjson.loads(b"[" + rows.rstrip(b"\n").replace(b"\n", b",") + b"]")
    except orjson.JSONDecodeError:
        return _decode_lines(rows)
    return Decoded(events, rows) if all(map(sound, events)) else _decode_lines(rows)


def _decode_lines(rows: bytes) -> Decoded:
    read = [(line, _event(line)) for line in rows.split(b"\n") if line]
    kept = b"".join(line + b"\n" for line, event in read if event is not None)
    refused = tuple(line for line, event in read if event is None)
    return Decoded([event for _, event in read if event is not None], kept, refused)


def _event(line: bytes) -> Event | None:
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return event if sound(event) else None


def sound(event: object) -> bool:
    """Whether it has what every event has, each of its type and in its bounds. All else the fold reads forgivingly: what is
    not of its type counts as absent. Both are decided by the event alone, so alike by every reader."""
    if type(event) is not dict:
        return False
    get, at = event.get, event.get("at")
    return (
        (type(at) is float or type(at) is int)
        and 0 < at < fold.TIME_MAX_S
        and type(get("type")) is str
        and type(get("hostname")) is str
        and type(get("task_id") or "") is str
    )


def about_task(event: Mapping[str, Any]) -> bool:
    """Whether it is folded into a task's row; `meadow-command-…` events name a task and say nothing of its state."""
    return bool(event.get("task_id")) and (event["type"][:5] == "task-" or event["type"] == LOST)


@dataclass(frozen=True, slots=True)
class Into:
    """What a block is folded into: states of one partition, tenant and cluster, all views of the same rows.

    hot, warm   states held; a touched warm one becomes hot.
    touched     states not yet shown since they changed.
    fresh       states begun at the bottom, so without what the store may know.
    """

    hot: States
    warm: States
    touched: States
    fresh: States


def fold_block(tenant: int, cluster: int, events: Iterable[Event], version: int, into: Into) -> list[str]:
    """Folds a whole block; answers the tasks that were not in memory. version: `epoch << 48 | offset + 1`."""
    get, handlers, milliseconds = into.hot.get, fold.HANDLERS, fold.milliseconds
    born: list[str] = []
    for event in events:
        if not about_task(event):
            continue
        task = event["task_id"]
        row = get(task)
        if row is None:
            row = into.warm.pop(task, None)
            if row is None:
                row = into.fresh[task] = new(tenant, cluster, task)
                born.append(task)
            into.hot[task] = row
        handlers.get(event["type"], fold.custom)(row, event, milliseconds(event["at"]))
        row[VERSION] = max(row[VERSION], version)
        into.touched[task] = row
    return born
