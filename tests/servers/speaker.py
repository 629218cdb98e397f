"""Says Celery's events through Celery's own dispatcher, with no worker behind them: loads of a known size and content."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers.celery import Broker


class Speaker:
    """One client and one worker that speak for tasks which never ran. A task is four events: sent to succeeded."""

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher = dispatcher
        self._numbers = itertools.count()

    def task(self) -> str:
        """Says one whole task; its id."""
        task_id, number = str(uuid.uuid4()), next(self._numbers)
        header = {"name": f"load.t{number % 7}", "args": f"({number},)", "kwargs": "{}", "retries": 0}
        self.say("task-sent", task_id, root_id=task_id, parent_id=None, queue="load", **header)
        self.say("task-received", task_id, root_id=task_id, parent_id=None, **header)
        self.say("task-started", task_id)
        self.say("task-succeeded", task_id, result=str(number), runtime=0.25)
        return task_id

    def tasks(self, count: int, per_s: float = 1e9) -> list[str]:
        """Says `count` tasks, no faster than `per_s`; their ids."""
        begun_s, ids = time.monotonic(), list[str]()
        for number in range(count):
            time.sleep(max(0.0, begun_s + number / per_s - time.monotonic()))
            ids.append(self.task())
        return ids

    def heartbeat(self, processed: int) -> None:
        """What a live worker says every two seconds: how many tasks it began since it started."""
        load = {"loadavg": [0.5, 0.4, 0.3], "sw_ident": "py-celery", "sw_ver": "5.7.0", "sw_sys": "Linux"}
        self._dispatcher.send("worker-heartbeat", freq=2.0, active=0, processed=processed, **load)

    def say(self, kind: str, task_id: str, **fields: Any) -> None:
        """One event about a task."""
        self._dispatcher.send(kind, uuid=task_id, **fields)


@contextmanager
def speaker(broker: Broker, hostname: str = "load@test") -> Iterator[Speaker]:
    """Connected for the time of the block."""
    app = broker.app()
    try:
        with (
            app.connection_for_write() as connection,
            app.events.Dispatcher(connection, hostname=hostname) as dispatcher,
        ):
            yield Speaker(dispatcher)
    finally:
        app.close()
