"""Cuts texts and JSON objects to a length, visibly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

CUT = "…"


def cut_text(text: str, chars_max: int) -> str:
    """At most chars_max characters; what was cut ends in `…`."""
    return text if len(text) <= chars_max else text[: chars_max - 1] + CUT


def cut_middle(text: str, chars_max: int, tail: int) -> str:
    """At most chars_max characters: the beginning, `…`, and the last `tail` ones."""
    return text if len(text) <= chars_max else f"{text[: chars_max - tail - 1]}{CUT}{text[-tail:]}"


def fitted(values: Mapping[str, Any], chars_max: int, value_chars_max: int) -> dict[str, Any]:
    """The object with each value of more than value_chars_max (as JSON) replaced by `…` as a whole, so that no part of a
    secret stays; then as many members, in their order, as fit into chars_max, and one member `…` that counts the rest."""
    kept: dict[str, Any] = {}
    room = chars_max - 32  # for the braces and the count
    for number, (key, value) in enumerate(values.items()):
        whole = len(orjson.dumps(value)) <= value_chars_max
        shown = value if whole else CUT
        room -= len(orjson.dumps({key: shown}))
        if room < 0:
            kept[CUT] = len(values) - number
            return kept
        kept[key] = shown
    return kept


def shortened(values: Mapping[str, Any], chars_max: int, value_chars_max: int) -> dict[str, Any]:
    """As fitted, but a long text keeps its beginning."""
    cut = {
        key: cut_text(value, value_chars_max // 2) if isinstance(value, str) else value for key, value in values.items()
    }
    return fitted(cut, chars_max, value_chars_max)
