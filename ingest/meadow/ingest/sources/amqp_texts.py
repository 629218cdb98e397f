"""The texts of a delivery: most deliveries have the same as others had before, so what was read is remembered by its bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
REMEMBERED_MAX, REMEMBERED_BYTES_MAX = 1_000, 256  # how many, and of how many bytes each: a sender chooses both
CONTENT_TYPE, CONTENT_ENCODING = 0x80, 0x40  # bits of the first byte of the flags


class Remembered(dict[bytes, T], Generic[T]):
    """What `read` makes of bytes, by these bytes; at most REMEMBERED_MAX, then it begins anew."""

    def __init__(self, read: Callable[[bytes], T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, raw: bytes) -> T:
        found = self._read(raw)
        if len(raw) <= REMEMBERED_BYTES_MAX:
            if len(self) >= REMEMBERED_MAX:
                self.clear()
            self[raw] = found
        return found


def routing_key(raw: bytes) -> str:
    """raw: the exchange and the routing key, a short text each. A byte that is not ASCII becomes `?`."""
    key, _ = _short(raw, _short(raw, 0)[1])
    return key.decode() if key.isascii() else bytes(b if b < 128 else 63 for b in key).decode()


def content(raw: bytes) -> tuple[str, str]:
    """raw: the flags of the properties, and the properties in the order of their flags, of which a content type and a content
    encoding would be the first two. "" for one that is absent or not ASCII."""
    flags, at = raw[0] if raw else 0, 2
    kind, at = _short(raw, at) if flags & CONTENT_TYPE else (b"", at)
    encoding, at = _short(raw, at) if flags & CONTENT_ENCODING else (b"", at)
    return kind.decode() if kind.isascii() else "", encoding.decode() if encoding.isascii() else ""


def _short(raw: bytes, at: int) -> tuple[bytes, int]:
    """A short text, its length before it, and where it ends. RabbitMQ passes on what a client wrote: both may be wrong."""
    end = at + 1 + (raw[at] if at < len(raw) else 0)
    return raw[at + 1 : end], end
