"""Events that Meadow itself appends: rows that no other process, and no later one, says again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import orjson

from meadow.core.events import EventRow


class OwnRows:
    """node   this process's name, shown as the events' hostname; with the pid and a counter it makes each one of its own.
    now_s  epoch seconds.
    """

    def __init__(self, node: str, now_s: Callable[[], float]) -> None:
        self._node, self._now_s = node, now_s
        self._clock = count(1)

    def row(
        self,
        kind: str,
        of: tuple[int, int],
        fields: Mapping[str, Any],
        *,
        task_id: str = "",
        hostname: str = "",
        at: float | None = None,
    ) -> EventRow:
        """of: the ids of tenant and cluster. hostname: whom it is about, this node when it is left out. at: epoch seconds, now
        when it is left out."""
        now_s = round(self._now_s(), 6)
        tenant_id, cluster_id = of
        return {
            "tenant_id": tenant_id,
            "cluster_id": cluster_id,
            "task_id": task_id,
            "type": kind,
            "at": now_s if at is None else round(at, 6),
            "received_at": now_s,
            "hostname": hostname or self._node,
            "pid": os.getpid(),
            "clock": next(self._clock),
            "fields": orjson.dumps(fields).decode(),
        }
