"""kombu's filesystem transport, read without its losses: never a file half written, and the folder listed once a round."""

from __future__ import annotations

import fcntl
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import loads


class Channel(filesystem.Channel):  # type: ignore[misc] # kombu has no types
    """Reads a queue that has this one reader, so that nothing must be moved away first.

    kombu 5.7 moves a file while its writer may still be at it, and then finds it empty; and lists the folder for each.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._listed: deque[Path] = deque()

    def _get(self, queue: str) -> Any:
        if not self._listed:
            ours = f"{queue}.msg"
            files = Path(self.data_folder_in).iterdir()
            self._listed.extend(sorted(file for file in files if file.name.partition(".")[2] == ours))
        while self._listed:
            payload = _read(self._listed.popleft())
            if payload:
                return loads(payload.decode())
        raise Empty

    def forget_dead(self, exchange: str, prefix: str) -> None:
        """Removes queues `{prefix}{pid}.…` whose process of this machine is gone: they would fill the folder for ever."""
        for bound in self.get_table(exchange):
            pid = bound.queue.removeprefix(prefix).partition(".")[0]
            if bound.queue.startswith(prefix) and pid.isdigit() and not Path(f"/proc/{pid}").exists():
                self._purge(bound.queue)
                self._delete(bound.queue, exchange, bound.routing_key, bound.pattern)


class Transport(filesystem.Transport):  # type: ignore[misc] # kombu has no types
    """filesystem:// with this module's channel."""

    Channel = Channel


def _read(file: Path) -> bytes:
    """Empty when its writer has made it and not yet written: it is there again in the next round."""
    try:
        with file.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_SH)
            payload = opened.read()
    except FileNotFoundError:
        return b""
    if payload:
        file.unlink(missing_ok=True)
    return payload
