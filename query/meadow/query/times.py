"""Times as answers show them: RFC 3339 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from meadow.core.times import EPOCH_MS_MAX


def shown(moment: datetime | None) -> str | None:
    """RFC 3339 with milliseconds, or microseconds where there are any; None for the store's `never`, 1970."""
    if moment is None or moment.timestamp() <= 0:
        return None
    fine = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=fine) + "Z"


def shown_s(epoch_s: float | None) -> str | None:
    """The same from epoch seconds; None for none, 0, and what no calendar holds."""
    if not epoch_s or not 0 < epoch_s * 1000 <= EPOCH_MS_MAX:
        return None
    return shown(datetime.fromtimestamp(round(epoch_s * 1_000_000) / 1_000_000, UTC))


def shown_ms(epoch_ms: int) -> str | None:
    return shown_s(epoch_ms / 1000)
