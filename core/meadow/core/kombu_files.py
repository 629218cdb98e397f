"""kombu's filesystem transport without its losses: no file is seen half written, and the folder is listed once a round."""

from __future__ import annotations

import fcntl
import time
import uuid
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

READ_AGAIN = 20  # times, 5 ms apart: a table is rewritten in well under a millisecond
READ_AGAIN_AFTER_S = 0.005

_kombu_get_table = filesystem.Channel.get_table


class Channel(filesystem.Channel):  # type: ignore[misc] # kombu has no types
    """Writes so that every reader finds the whole message, and reads queues that have this one reader.

    kombu 5.7 writes under the final name, and moves a file it reads while its writer may still be at it: the message is
    empty and gone. It lists the folder for each message, and empties an exchange's table before it locks it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._listed: deque[Path] = deque()

    def _put(self, queue: str, payload: Any, **_: Any) -> None:
        put_whole(self, queue, payload)

    def get_table(self, exchange: str) -> Any:
        """The queues bound to it, once its table can be read."""
        return whole_table(self, exchange)

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


def put_whole(channel: Any, queue: str, payload: Any, **_: Any) -> None:
    """A message file named as kombu names it, so that every reader finds it; written beside, then renamed.
    Raises OSError where the folder cannot be written."""
    name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
    path = Path(channel.data_folder_out, name)
    beside = path.with_suffix(".part")
    beside.write_text(dumps(payload))
    beside.rename(path)


def whole_table(channel: Any, exchange: str) -> Any:
    """kombu's `get_table`, again while the table is being rewritten. Raises what kombu raises, in the end."""
    for _ in range(READ_AGAIN):
        try:
            return _kombu_get_table(channel, exchange)
        except ValueError:
            time.sleep(READ_AGAIN_AFTER_S)
    return _kombu_get_table(channel, exchange)


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
