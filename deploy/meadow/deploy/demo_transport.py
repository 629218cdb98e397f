"""Makes kombu's filesystem transport whole: a message appears in one step, and a half-written table is read again.

kombu 5.7 `filesystem.Channel._put` writes under the final name, so a reader can take half a message and crash on it, and
`_queue_bind` empties an exchange's table before it locks it. In a demo of several processes both are met within minutes.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport.filesystem import Channel
from kombu.utils.json import dumps

READ_AGAIN = 20  # times, 5 ms apart: a table is rewritten in well under a millisecond


def make_whole() -> None:
    """Patches this process; repeating it changes nothing."""
    if Channel._put is not _put:
        Channel._put, Channel.get_table = _put, _reading_again(Channel.get_table)


def _put(self: Any, queue: str, payload: Any, **_: Any) -> None:
    """Named as kombu names it, so that every reader finds it; written beside, then renamed."""
    name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
    path = Path(self.data_folder_out, name)
    beside = path.with_suffix(".part")
    beside.write_text(dumps(payload))
    beside.rename(path)


def _reading_again(get_table: Any) -> Any:
    def read(self: Any, exchange: str) -> Any:
        for _ in range(READ_AGAIN):
            try:
                return get_table(self, exchange)
            except ValueError:
                time.sleep(0.005)
        return get_table(self, exchange)

    return read
