"""Where the next page begins, as an opaque text: unreadable is refused, and it never carries whose data it is."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import orjson

Cursor = tuple[int | str, ...]
CURSOR_CHARS_MAX = 4_096


def cursor_of(path: str, parts: Sequence[int | str]) -> str:
    """An opaque text for `next`, good for the operation of this path only."""
    return base64.urlsafe_b64encode(orjson.dumps([path, *parts])).decode().rstrip("=")


def read_cursor(text: str, path: str) -> Cursor:
    """What cursor_of was given; whole numbers fit the store's types. Raises ValueError for all else, another operation's
    cursor included."""
    if len(text) > CURSOR_CHARS_MAX:
        raise ValueError("cursor too long")
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, orjson.JSONDecodeError) as error:
        raise ValueError("no cursor") from error
    if not isinstance(parts, list) or not parts or parts[0] != path:
        raise ValueError("another cursor")
    if not all(isinstance(part, str) or (type(part) is int and 0 <= part < 1 << 63) for part in parts):
        raise ValueError("another cursor")
    return tuple(parts[1:])
