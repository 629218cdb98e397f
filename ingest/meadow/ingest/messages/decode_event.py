"""One event as its sender gave it becomes a row of `events`: known fields in their columns, all others kept as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from meadow.core.events import EventRow
from meadow.ingest.messages.decode_json import lossy
from meadow.ingest.messages.decode_values import ODD, PLANS, Plan, column_value, dumped
from meadow.ingest.messages.fitting import cut_text, fitted

FIELDS_CHARS_MAX = 262_144  # what later stages have to read; Trim leaves far less
FIELD_CHARS_MAX = 16_384


class Lossy(Exception):
    """A number may not be what the sender wrote: read the message again, carefully."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one event was read. moved: its time was absurd and was replaced. exact: integers are what the sender wrote.
    repaired: its fields that were changed to be JSON at all."""

    moved: bool = False
    exact: bool = False
    repaired: Sequence[str] = ()


@dataclass(slots=True)
class _Rest:
    """What does not go into a column of its own. extra: the fields kept as JSON. cut: {column: original length}.
    odd: known fields of a type Celery does not send, kept in extra."""

    extra: dict[str, Any] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)


def event_row(head: EventRow, raw: dict[str, Any], reading: Reading) -> EventRow:
    """head: identity without the task, `at` and `received_at`; it is filled and given back, not copied. raw: from JSON.

    Raises Undecodable TOO_DEEP, or Lossy unless the reading is exact.
    """
    row, at = cast(dict[str, Any], head), head["at"]
    rest: _Rest | None = None
    plan_of = PLANS.get
    for key, value in raw.items():
        plan = plan_of(key)
        if plan is not None:
            kind, column, largest = plan
            if type(value) is kind and (len(value) <= largest if kind is str else 0 <= value <= largest):
                row[column] = value
                continue
            if value is None:
                continue
        elif key == "utcoffset" and not value:  # it says nothing of when: celery 5.7 counts it westward
            continue
        rest = rest or _Rest()
        _unusual(row, rest, key, value, plan, reading.exact)
    row["at"] = at
    if rest is not None or reading.moved or reading.repaired:
        _finish(row, rest or _Rest(), raw, reading)
    return head


def _unusual(row: dict[str, Any], rest: _Rest, key: str, value: Any, plan: Plan | None, exact: bool) -> None:
    if plan is None:
        rest.extra[key] = value
        return
    kind, column, largest = plan
    if type(value) is str is kind:
        row[column] = cut_text(value, int(largest))
        rest.cut[column] = len(value)
        return
    if not exact and lossy(dumped(value)):
        raise Lossy
    found = column_value(plan, value)
    if found is not ODD:
        row[column] = found
    elif key != "timestamp":
        rest.extra[key] = value
        rest.odd.append(key)


def _finish(row: dict[str, Any], rest: _Rest, raw: dict[str, Any], reading: Reading) -> None:
    if rest.extra:
        row["fields"] = _fields(rest, reading.exact)
    moved = raw["timestamp"] if reading.moved else None
    marks = {"cut": rest.cut, "odd": rest.odd, "repaired": [*reading.repaired], "timestamp": moved}
    kept = {name: mark for name, mark in marks.items() if mark or mark == 0}
    if kept:
        row["marks"] = dumped(kept).decode()


def _fields(rest: _Rest, exact: bool) -> str:
    written = dumped(rest.extra)
    if not exact and lossy(written):
        raise Lossy
    if len(written) > FIELDS_CHARS_MAX:
        rest.cut["fields"] = len(written)
        written = dumped(fitted(rest.extra, FIELDS_CHARS_MAX, FIELD_CHARS_MAX))
    return written.decode()
