"""What a worker says of itself, in a heartbeat, at its start or its end, becomes a row of `workers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from meadow.core.events import WorkerRow
from meadow.ingest.messages.decode_values import ODD, UINT32_MAX, UINT64_MAX, integer_of, real_of
from meadow.ingest.messages.decoded import TEXT_CHARS_MAX
from meadow.ingest.messages.fitting import cut_text

HEARTBEAT: Final = "worker-heartbeat"
ONLINE: Final = "worker-online"
WORKER_TYPES: Final = frozenset({HEARTBEAT, ONLINE, "worker-offline"})
_INTEGERS = {"pid": ("pid", UINT32_MAX), "active": ("active", UINT32_MAX), "processed": ("processed", UINT64_MAX)}
_TEXTS = {"sw_ident": "software", "sw_ver": "version", "sw_sys": "system"}
_LOADS = ("load1", "load5", "load15")


@dataclass(frozen=True, slots=True)
class Worker:
    """plain: all of Celery's fields had Celery's types; one of another type is left out of the row."""

    row: WorkerRow
    plain: bool


def worker_of(head: WorkerRow, raw: Mapping[str, Any]) -> Worker:
    """head: the columns that do not come from `raw` as they are; it is filled, not copied."""
    return Worker(head, _fill(cast(dict[str, Any], head), raw))


def _fill(row: dict[str, Any], raw: Mapping[str, Any]) -> bool:
    plain = True
    for key, (column, largest) in _INTEGERS.items():
        plain &= _put(row, column, raw.get(key), integer_of(raw.get(key), largest))
    for key, column in _TEXTS.items():
        value = raw.get(key)
        plain &= _put(row, column, value, cut_text(value, TEXT_CHARS_MAX) if type(value) is str else ODD)
    plain &= _put(row, "freq_s", raw.get("freq"), real_of(raw.get("freq")))
    loads = raw.get("loadavg")
    if type(loads) is not list or len(loads) != len(_LOADS):
        return plain and loads is None
    for column, value in zip(_LOADS, loads, strict=True):
        plain &= _put(row, column, value, real_of(value))
    return plain


def _put(row: dict[str, Any], column: str, value: Any, found: Any) -> bool:
    if found is not ODD:
        row[column] = found
    return found is not ODD or value is None
