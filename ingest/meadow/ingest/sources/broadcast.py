"""The one command a source sends: Celery's `enable_events`, for workers started without -E."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def enable_events_body(hostnames: Sequence[str] | None) -> dict[str, Any]:
    """celery 5.7, pidbox: JSON-ready; without `reply_to` nobody answers. None means every worker."""
    return {
        "method": "enable_events",
        "arguments": {},
        "destination": None if hostnames is None else list(hostnames),
        "pattern": None,
        "matcher": None,
    }
