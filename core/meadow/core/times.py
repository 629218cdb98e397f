"""Times as callers write them, as epoch milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime

ACCEPTS = "RFC 3339 (2026-11-25T03:26:01Z), epoch seconds or milliseconds, `now`, or `now-15m` (s, m, h, d, w)"
UNIT_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
MILLISECONDS_OVER = 1e11  # as seconds this would be the year 5138, so it is milliseconds
EPOCH_MS_MAX = 4_102_444_800_000  # 2100-01-01; DateTime64 in the store ends later
_RELATIVE = re.compile(r"now(?:-(\d{1,9})([smhdw]))?")
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?")


def read_ms(text: str, now_s: float) -> int:
    """Epoch milliseconds, 0 to EPOCH_MS_MAX. Raises ValueError for what is no time or outside of that."""
    milliseconds = _read(text.strip(), now_s)
    if not 0 <= milliseconds <= EPOCH_MS_MAX:
        raise ValueError("between 1970 and 2100")
    return milliseconds


def _read(text: str, now_s: float) -> int:
    relative = _RELATIVE.fullmatch(text)
    if relative:
        back_s = int(relative[1]) * UNIT_S[relative[2]] if relative[1] else 0
        return int((now_s - back_s) * 1000)
    if _NUMBER.fullmatch(text):
        number = float(text)
        return int(number) if number > MILLISECONDS_OVER else int(number * 1000)
    moment = datetime.fromisoformat(text.replace(" ", "+"))  # a `+` of an offset arrives as a blank in a query string
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
