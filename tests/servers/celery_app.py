"""A small real Celery application, its broker chosen by the environment: what the tests' workers and clients run."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from celery import Celery, Task
from celery.exceptions import Ignore, Reject

from meadow.deploy.demo_transport import make_whole

BROKER = "TEST_CELERY_BROKER"
OPTIONS = "TEST_CELERY_OPTIONS"  # JSON of broker_transport_options
SETTINGS = "TEST_CELERY_SETTINGS"  # JSON of any other Celery setting


def make_app(broker: str, options: dict[str, Any] | None = None, settings: dict[str, Any] | None = None) -> Celery:
    """An application with all tasks of this module registered; sends `task-sent` events, keeps no results.

    RabbitMQ 3.10 loses the last messages to a quorum queue of a client that closes at once, so ours waits for confirms.
    """
    if broker.startswith("filesystem"):
        make_whole()  # or a worker may take half a message, and what was asked is gone
    confirmed = {"confirm_publish": True} if broker.startswith(("amqp", "pyamqp")) else {}
    made = Celery("tests.servers.celery_app", broker=broker, set_as_current=False)
    made.conf.update(
        broker_transport_options={**confirmed, **(options or {})},
        broker_connection_retry_on_startup=True,
        task_send_sent_event=True,
        task_ignore_result=True,
        worker_hijack_root_logger=False,
        **(settings or {}),
    )
    for function, options_of in TASKS:
        made.task(bind=True, name=f"tests.{function.__name__}", **options_of)(function)
    return made


def add(task: Task, x: int, y: int) -> int:
    return x + y


def fail(task: Task, message: str = "boom") -> None:
    raise ValueError(message)


def retry(task: Task, times: int = 1) -> str:
    """Fails `times` times, then succeeds."""
    if task.request.retries < times:
        raise task.retry(exc=KeyError("again"), countdown=0, max_retries=times)
    return "at last"


def slow(task: Task, seconds: float = 60.0) -> None:
    """Sleeps in short steps, so that any pool can stop it."""
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        time.sleep(0.05)


def progress(task: Task, steps: int = 2) -> None:
    """Says a custom `task-progress` event at each step."""
    for step in range(steps):
        task.send_event("task-progress", step=step, steps=steps)


def ignore(task: Task) -> None:
    raise Ignore


def reject(task: Task) -> None:
    raise Reject("unwanted", requeue=False)


def family(task: Task, children: int = 2) -> None:
    """Starts children whose parent and root it is."""
    for n in range(children):
        task.app.tasks["tests.add"].delay(n, n)


def say(task: Task, text: str) -> str:
    return text


TASKS: list[tuple[Any, dict[str, Any]]] = [
    (add, {}),
    (fail, {}),
    (retry, {"max_retries": None}),
    (slow, {}),
    (progress, {}),
    (ignore, {}),
    (reject, {"acks_late": True}),
    (family, {}),
    (say, {}),
]

if BROKER in os.environ:
    app = make_app(
        os.environ[BROKER], json.loads(os.environ.get(OPTIONS, "{}")), json.loads(os.environ.get(SETTINGS, "{}"))
    )
