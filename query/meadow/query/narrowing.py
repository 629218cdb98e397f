"""What of a range is read instead, when all of it takes too long."""

from __future__ import annotations

LAST_MS = (86_400_000, 3_600_000)  # its last day, then its last hour


def narrower(since_ms: int | None, edge_ms: int) -> list[int]:
    """Where to begin, one try after the other; at least one. since_ms: None when the whole is not to be tried. edge_ms: where
    the range ends, or now."""
    begins_ms = [edge_ms - back_ms for back_ms in LAST_MS]
    if since_ms is None:
        return begins_ms
    return [since_ms, *(begin_ms for begin_ms in begins_ms if begin_ms > since_ms)]
