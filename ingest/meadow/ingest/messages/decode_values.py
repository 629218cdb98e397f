"""Which of Celery's fields goes into which column, and what is done with a value of another type than Celery's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import orjson

from meadow.ingest.counts import DeadReason
from meadow.ingest.messages.clocks import moment, number
from meadow.ingest.messages.decoded import TEXT_CHARS_MAX, Undecodable

UINT16_MAX = 2**16 - 1
UINT32_MAX = 2**32 - 1
UINT64_MAX = 2**64 - 1
FLOAT32_MAX = 3.4e38
EXACT_FLOAT_MAX = 2.0**53
DIGITS_MAX = 20  # of a UInt64


@dataclass(frozen=True)
class Odd:
    """Stands for a value that makes no sense where it is."""


class Moment:
    """The kind of a column that holds a time; no value has this type."""


ODD: Final = Odd()
Plan = tuple[type[Any], str, float]

# Celery 5.7's field -> (type it has as a rule, column, the longest or largest). Payloads are trimmed after redaction, not here:
# a cut must not leave half a secret.
PLANS: Final[dict[str, Plan]] = {
    "type": (str, "type", TEXT_CHARS_MAX),
    "hostname": (str, "hostname", TEXT_CHARS_MAX),
    "timestamp": (float, "at", math.inf),
    "pid": (int, "pid", UINT32_MAX),
    "clock": (int, "clock", UINT64_MAX),
    "uuid": (str, "task_id", TEXT_CHARS_MAX),
    "name": (str, "name", TEXT_CHARS_MAX),
    "root_id": (str, "root_id", TEXT_CHARS_MAX),
    "parent_id": (str, "parent_id", TEXT_CHARS_MAX),
    "queue": (str, "queue", TEXT_CHARS_MAX),
    "routing_key": (str, "routing_key", TEXT_CHARS_MAX),
    "exchange": (str, "exchange", TEXT_CHARS_MAX),
    "args": (str, "args", math.inf),
    "kwargs": (str, "kwargs", math.inf),
    "result": (str, "result", math.inf),
    "exception": (str, "exception", math.inf),
    "traceback": (str, "traceback", math.inf),
    "retries": (int, "retries", UINT16_MAX),
    "runtime": (float, "runtime_s", FLOAT32_MAX),
    "eta": (Moment, "eta", math.inf),
    "expires": (Moment, "expires", math.inf),
}


def column_value(plan: Plan, value: Any) -> Any:
    """What a column takes for a value that is not of the planned type, where its meaning is plain; else ODD.

    Raises Undecodable TOO_DEEP.
    """
    kind, _, largest = plan
    if kind is int:
        return integer_of(value, int(largest))
    if kind is float:
        return real_of(value)
    if kind is Moment:
        return time_of(value)
    if largest == math.inf:
        return dumped(value).decode()  # a payload that is no text is shown as its JSON
    return str(value) if type(value) in (int, float) else ODD


def integer_of(value: Any, largest: int) -> int | Odd:
    """A whole number from 0 to `largest`, given as a number or its digits."""
    if type(value) is float:
        value = int(value) if value.is_integer() and abs(value) < EXACT_FLOAT_MAX else None
    elif type(value) is str:
        value = int(value) if value.isascii() and value.isdigit() and len(value) <= DIGITS_MAX else None
    return value if type(value) is int and 0 <= value <= largest else ODD


def real_of(value: Any) -> float | Odd:
    """A number that a Float32 holds, given as a number or a decimal text."""
    found = _finite(value)
    return found if found is not None and abs(found) <= FLOAT32_MAX else ODD


def time_of(value: Any) -> float | Odd:
    """Epoch seconds, see clocks.moment."""
    found = moment(value)
    return ODD if found is None else found


def timestamp_of(value: Any) -> float | None:
    """The sender's time, which an event must have: a finite number, or its decimal text."""
    return _finite(value)


def _finite(value: Any) -> float | None:
    if type(value) is str:
        value = number(value)
    return float(value) if type(value) in (int, float) and math.isfinite(value) else None


def dumped(value: Any) -> bytes:
    """JSON of a value that came from JSON. Raises Undecodable TOO_DEEP; orjson 3.13 writes 254 levels and reads 1024."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise Undecodable(DeadReason.TOO_DEEP, "The event is nested deeper than 250 levels.") from error
