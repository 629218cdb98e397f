"""Times as senders say them, brought into bounds that a store can partition by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

DAY_S = 86_400
DAYS_BEFORE = 30
DAYS_AFTER = 1
EPOCH_S_MAX = 10_413_792_000  # 2300-01-01, the end of a DateTime64(6)
MOMENT_CHARS_MAX = 64
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?", re.ASCII)


def microseconds(epoch_s: float) -> float:
    """Rounded to six decimals, which is what the store keeps; not below 0. As round(), in half its time: the fraction alone
    is a float fine enough to be counted in microseconds, and their number by 10^6 is the double nearest to that decimal."""
    whole = int(epoch_s)
    return (whole * 1_000_000 + int((epoch_s - whole) * 1e6 + 0.5)) / 1e6


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a message was taken from the broker, and which sender's times are believed then: those from 30 days before the
    UTC day of receipt to the end of the day after it. given: as the source says it; at: in microseconds."""

    given: float
    at: float
    day: float
    earliest: float
    latest: float

    @classmethod
    def of(cls, received_at: float) -> Receipt:
        """received_at: epoch seconds."""
        day = received_at // DAY_S * DAY_S
        return cls(
            received_at, microseconds(received_at), day, day - DAYS_BEFORE * DAY_S, day + (DAYS_AFTER + 1) * DAY_S
        )

    def moved(self, timestamp: float) -> float:
        """A time that is not believed, on the day of receipt: the time of day is kept. Equal on redelivery within that day."""
        return microseconds(self.day + timestamp % DAY_S)


def number(text: str) -> float | None:
    """A plain decimal; None for anything else that float() takes (`nan`, `1_000`, ` 1`)."""
    return float(text) if len(text) <= MOMENT_CHARS_MAX and _NUMBER.fullmatch(text) else None


def moment(value: object) -> float | None:
    """Epoch seconds of Celery's `eta` and `expires`: ISO 8601 with or without a zone (then UTC: Celery 5.7 `enable_utc`), or
    a number. None when it is neither, or outside 1970 to 2299."""
    if isinstance(value, str):
        found = _iso(value) if len(value) <= MOMENT_CHARS_MAX else None
    else:
        found = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return microseconds(float(found)) if found is not None and 0 <= found < EPOCH_S_MAX else None


def _iso(text: str) -> float | None:
    try:
        parsed = datetime.fromisoformat(text)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return number(text)
