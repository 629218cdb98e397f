"""Numbers as a sentence says them, and values as the search grammar takes them."""

from __future__ import annotations


def percent(share: float) -> str:
    """`14.2 %`; two digits after the point under one percent, none from a hundred on."""
    value = share * 100
    digits = 0 if value >= 99.95 or value == 0 else 1 if value >= 1 else 2
    return f"{value:.{digits}f} %"


def lasting(seconds: float) -> str:
    """`84 ms`, `1.62 s`, `14 m 12 s`, `15 m`, `3 h 04 m`, `2 d 03 h`."""
    if seconds < 1:
        return f"{max(0, seconds) * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    for unit_s, unit, part_s, part in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "m"), (60, "m", 1, "s")):
        if whole >= unit_s:
            rest = whole % unit_s // part_s
            return f"{whole // unit_s} {unit}" + (f" {rest:02} {part}" if rest else "")
    return f"{whole} s"


def many(count: int, one: str, several: str = "") -> str:
    """`1 task`, `2 588 tasks`."""
    return f"{count:,} {one if count == 1 else several or one + 's'}".replace(",", " ")


def quoted(value: str) -> str:
    """A value of a field in a search: as it is where nothing in it has a meaning of its own, else in quotation marks."""
    if value and all(c.isalnum() or c in "._-@/" for c in value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
