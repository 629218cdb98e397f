"""A list is read in widening steps, so a full page costs little and a deadline leaves what was found so far."""

from __future__ import annotations

from collections.abc import Iterator

STEPS_MS = (3_600_000, 24 * 3_600_000, 30 * 24 * 3_600_000)  # an hour, a day, a month; then all of it


def backwards(edge_ms: int, since_ms: int) -> Iterator[int]:
    """Lower ends of adjacent windows, each later in the list than the one before, from edge_ms down to since_ms."""
    for step_ms in STEPS_MS:
        if edge_ms - step_ms <= since_ms:
            break
        yield edge_ms - step_ms
    yield since_ms


def forwards(edge_ms: int, until_ms: int) -> Iterator[int]:
    """Upper ends of adjacent windows from edge_ms up to until_ms."""
    for step_ms in STEPS_MS:
        if edge_ms + step_ms >= until_ms:
            break
        yield edge_ms + step_ms
    yield until_ms
