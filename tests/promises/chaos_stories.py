"""Whole task histories of a known content: what was said can be told again from a seed and a number."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

WORKERS = 5
TRACEBACK = "Traceback (most recent call last):\n" + '  File "/shop/tasks.py", line 7, in place\n' * 6
Step = tuple[str, str, dict[str, Any]]  # type, hostname, fields


@dataclass(frozen=True, slots=True)
class Story:
    """state, retries: what it comes to. steps: in the order they happen."""

    id: str
    steps: tuple[Step, ...]
    state: str
    retries: int

    @property
    def types(self) -> list[str]:
        return [kind for kind, _, _ in self.steps]


def story(seed: int, number: int) -> Story:
    """Six of ten succeed, two fail, one succeeds after a retry, one fails after two."""
    task_id = str(uuid.UUID(int=random.Random(f"{seed}/{number}").getrandbits(128)))
    end = number % 10
    retries = max(0, end - 7)
    failed = end in (6, 7, 9)
    steps = (*_attempts(task_id, number, retries), _end(number, failed, retries))
    return Story(task_id, steps, "FAILURE" if failed else "SUCCESS", retries)


def _attempts(task_id: str, number: int, retries: int) -> Iterator[Step]:
    """A worker that retries sends the next attempt before it says so (Celery 5.7)."""
    head = {
        "name": f"shop.t{number % 7}",
        "args": f"({number},)",
        "kwargs": "{}",
        "root_id": task_id,
        "parent_id": None,
    }
    yield "task-sent", "client@chaos", {**head, "retries": 0, "queue": "orders"}
    for attempt in range(retries + 1):
        host = _host(number, attempt)
        yield "task-received", host, {**head, "retries": attempt}
        yield "task-started", host, {}
        if attempt < retries:
            yield "task-sent", host, {**head, "retries": attempt + 1, "queue": "orders"}
            yield "task-retried", host, {"exception": "Retry('busy')", "traceback": TRACEBACK}


def _end(number: int, failed: bool, retries: int) -> Step:
    host = _host(number, retries)
    if failed:
        return "task-failed", host, {"exception": f"ValueError('order {number}')", "traceback": TRACEBACK}
    return "task-succeeded", host, {"result": str(number), "runtime": 0.25}


def _host(number: int, attempt: int) -> str:
    return f"w{(number + attempt) % WORKERS}@chaos"
