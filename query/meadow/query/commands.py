"""Commands that named one task, told from their two events: what was asked, and who answered what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from meadow.core.events import COMMAND_ASKED
from meadow.query.shapes import parsed
from meadow.query.times import shown

Row = Mapping[str, Any]


def commands(events: Iterable[Row]) -> list[dict[str, Any]]:
    """In     events of type meadow-command-asked and -answered, of the store, in any order.
    Out    one item a command id, oldest first; `answered` and `silent` are empty until the answer is stored.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(events, key=lambda e: (e["at"], e["type"] != COMMAND_ASKED)):
        fields = parsed(row["fields"])
        item = found.setdefault(str(fields.get("id", "")), _item(row, fields))
        for name in ("answered", "silent"):
            if isinstance(fields.get(name), list):
                item[name] = fields[name]
    return list(found.values())


def _item(row: Row, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(fields.get("id", "")),
        "command": str(fields.get("command", "")),
        "arguments": fields.get("arguments") or {},
        "asked_by": fields.get("asked_by"),
        "asked_at": fields.get("asked_at") or shown(row["at"]),
        "reason": fields.get("reason"),
        "answered": [],
        "silent": [],
    }
