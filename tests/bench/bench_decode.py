"""How many ordinary events one core decodes a second, alone and through the whole pipeline: run it, it prints.

.venv/bin/python -m tests.bench.bench_decode
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson

from meadow.core.blocks import Table, blocks_of
from meadow.ingest.counts import Counts
from meadow.ingest.messages.decode import Decoder
from meadow.ingest.pipeline import PipelineSettings, Stage, stages, through
from meadow.ingest.source import Message

NOW_S = 1_795_426_900.0
HEAD: dict[str, Any] = {"hostname": "w1@vm", "utcoffset": 0.0, "pid": 14220, "clock": 22}
TASK = "797dc3e1-ef95-4891-bb1d-29ec85dae294"
ASKED = {
    "uuid": TASK,
    "name": "proj.add",
    "args": "(2, 3)",
    "kwargs": "{'customer': 4711, 'dry': False}",
    "root_id": TASK,
}
PLANNED: dict[str, Any] = {"parent_id": None, "retries": 0, "eta": None, "expires": None}
SENT: dict[str, Any] = {
    "queue": "celery",
    "exchange": "",
    "routing_key": "celery",
    "timestamp": NOW_S - 0.2235036,
    "type": "task-sent",
}
TRACEBACK = (
    "Traceback (most recent call last):\n" + '  File "/app/worker/tasks.py", line 41, in add\n    return x / y\n' * 7
)
STORY = [
    HEAD | ASKED | PLANNED | SENT,
    HEAD | ASKED | PLANNED | {"timestamp": NOW_S - 0.2168713, "type": "task-received"},
    HEAD | {"uuid": TASK, "timestamp": NOW_S - 0.2106283, "type": "task-started"},
    HEAD
    | {"uuid": TASK, "result": "5", "runtime": 0.0059539, "timestamp": NOW_S - 0.2015529, "type": "task-succeeded"},
]
FAILED = HEAD | {
    "uuid": TASK,
    "exception": "ValueError('boom')",
    "traceback": TRACEBACK,
    "timestamp": NOW_S,
    "type": "task-failed",
}
EVENTS = (STORY * 9)[:36] + STORY[:3] + [FAILED]  # every fortieth fails, with its traceback


def messages(per_message: int) -> list[Message]:
    """The same 4000 events, alone or in `task.multi` lists."""
    events = EVENTS * 100
    groups = [events[i : i + per_message] for i in range(0, len(events), per_message)]
    bodies = [orjson.dumps(group[0] if per_message == 1 else group) for group in groups]
    return [Message(body, "application/json", "utf-8", "task.multi", NOW_S) for body in bodies]


def per_second(work: Callable[[], int], seconds: float = 2.0) -> float:
    """Events of CPU time; the best of several runs, for the machine may be busy."""
    best, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.process_time()
        count = work()
        best = max(best, count / (time.process_time() - began))
    return best


def decoded(decode: Decoder, batch: list[Message]) -> int:
    return decode(batch).received


def staged(decode: Decoder, pipeline: list[Stage], batch: list[Message]) -> int:
    return through(pipeline, decode(batch)).received


def packed(decode: Decoder, pipeline: list[Stage], batch: list[Message]) -> int:
    ready = through(pipeline, decode(batch))
    blocks_of(Table.EVENTS, 1, 1, ready.events, 16)
    return ready.received


def main() -> None:
    """Prints one line a case."""
    decode, pipeline = Decoder(1, 1), stages(PipelineSettings(), Counts(), time.monotonic)
    for per_message in (1, 3, 10):
        batch = messages(per_message)
        cases = {
            "decode": partial(decoded, decode, batch),
            "decode, stages": partial(staged, decode, pipeline, batch),
            "decode, stages, blocks": partial(packed, decode, pipeline, batch),
        }
        for name, work in cases.items():
            print(f"{per_message:2} a message, {name:23} {per_second(work):>9,.0f} events/s")


if __name__ == "__main__":
    main()
