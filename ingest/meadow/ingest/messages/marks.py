"""What Meadow changed in a row, told in the row itself."""

from __future__ import annotations

from typing import Any

import orjson

from meadow.core.events import EventRow


def marks_of(row: EventRow) -> dict[str, Any]:
    """The marks so far."""
    text = row.get("marks")
    return dict(orjson.loads(text)) if text else {}


def mark_redacted(row: EventRow, columns: list[str]) -> None:
    """Columns in which a secret was hidden."""
    marks = marks_of(row)
    row["marks"] = orjson.dumps(marks | {"redacted": columns}).decode()


def mark_cut(row: EventRow, lengths: dict[str, int]) -> None:
    """Columns that were cut, with their length before; a length noted earlier stays, it is the original one."""
    marks = marks_of(row)
    row["marks"] = orjson.dumps(marks | {"cut": lengths | marks.get("cut", {})}).decode()
