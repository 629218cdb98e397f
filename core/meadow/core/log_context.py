"""Whom a log line is about: set where a request or a collector begins, read by whoever writes the line."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar

TENANT: ContextVar[str] = ContextVar("tenant", default="")
CLUSTER: ContextVar[str] = ContextVar("cluster", default="")
REQUEST: ContextVar[str] = ContextVar("request_id", default="")


def about() -> Mapping[str, str]:
    """What is known here and now, by the name it is written under. Tasks begun from here know the same."""
    return {known.name: value for known in (TENANT, CLUSTER, REQUEST) if (value := known.get())}
