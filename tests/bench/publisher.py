"""Publishes Celery-like events to RabbitMQ cheaply enough that the load does not take the cores it means to measure.

A process of its own: `python -m tests.bench.publisher URL RATE SECONDS [EVENTS [TOGETHER]]` (RATE 0: as fast as the broker
takes them). Prints how many events it published. Four events a task, as one client and four workers of celery 5.7 say them: one
a message, or TOGETHER in each, as a worker that is busy sends them.
"""

from __future__ import annotations

import itertools
import struct
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import amqp
import orjson
from kombu.utils.url import parse_url

PER_WRITE = 200  # events
HEADER = {
    "name": "shop.orders.place",
    "kwargs": "{'coupon': None, 'priority': 3}",
    "retries": 0,
    "eta": None,
    "expires": None,
}
FRAME_END = b"\xce"


def events() -> Iterator[tuple[str, dict[str, Any]]]:
    """Endless (routing key, event), stamped with the present."""
    clock = itertools.count(1)
    for number in itertools.count():
        task, worker = str(uuid.uuid4()), f"worker-{number % 4}@bench"
        header = {**HEADER, "args": f"({number}, ['tea', 'lamp', 'rug'])", "root_id": task, "parent_id": None}
        yield "task.sent", _event("task-sent", "gen1@bench", task, clock, queue="orders", **header)
        yield "task.received", _event("task-received", worker, task, clock, **header)
        yield "task.started", _event("task-started", worker, task, clock)
        if number % 50:
            yield "task.succeeded", _event("task-succeeded", worker, task, clock, result="{'order': 1}", runtime=0.0123)
        else:
            failure = {
                "exception": "ValueError('no such order')",
                "traceback": "Traceback (most recent call last):\n  …\n" * 6,
            }
            yield "task.failed", _event("task-failed", worker, task, clock, **failure)


def _event(kind: str, hostname: str, task: str, clock: Iterator[int], **fields: Any) -> dict[str, Any]:
    common = {"hostname": hostname, "utcoffset": 0, "pid": 4711, "clock": next(clock), "uuid": task}
    return {**common, **fields, "timestamp": time.time(), "type": kind}


def frames(routing_key: str, body: bytes) -> bytes:
    """basic.publish to `celeryev` on channel 1 as AMQP 0-9-1 writes it: a method, a header and a body frame."""
    method = struct.pack(">HHH", 60, 40, 0) + _short("celeryev") + _short(routing_key) + b"\0"
    properties = struct.pack(">H", 1 << 15 | 1 << 14 | 1 << 12) + _short("application/json") + _short("utf-8") + b"\x01"
    header = struct.pack(">HHQ", 60, 0, len(body)) + properties
    return _frame(1, method) + _frame(2, header) + _frame(3, body)


def _short(text: str) -> bytes:
    return bytes((len(text),)) + text.encode()


def _frame(kind: int, payload: bytes) -> bytes:
    return struct.pack(">BHI", kind, 1, len(payload)) + payload + FRAME_END


def messages(some: list[tuple[str, dict[str, Any]]], together: int) -> Iterator[bytes]:
    """The frames of these events."""
    if together == 1:
        yield from (frames(key, orjson.dumps(event)) for key, event in some)
        return
    said = [event for _, event in some]
    for first in range(0, len(said), together):
        yield frames("task.multi", orjson.dumps(said[first : first + together]))


def publish(url: str, per_s: float, seconds: float, most: int = 10**12, together: int = 1) -> int:
    """Events published: at `per_s`, for `seconds`, at most `most`; so many together in a message."""
    parts = parse_url(url)
    connection = amqp.Connection(
        f"{parts['hostname']}:{parts['port']}", parts["userid"], parts["password"], virtual_host=parts["virtual_host"]
    )
    connection.connect()
    connection.channel(1).exchange_declare("celeryev", "topic", durable=True, auto_delete=False)
    socket, said, begun_s, stream = connection.transport.sock, 0, time.monotonic(), events()
    socket.settimeout(120)
    while said < most and time.monotonic() - begun_s < seconds:
        some = [*itertools.islice(stream, PER_WRITE)]
        socket.sendall(b"".join(messages(some, together)))
        said += PER_WRITE
        if per_s:
            time.sleep(max(0.0, begun_s + said / per_s - time.monotonic()))
    connection.channel(1).close()  # a round trip: the broker has read all that was written before it
    connection.close()
    return said


if __name__ == "__main__":
    url, per_s, seconds, *bounds = sys.argv[1:]
    print(publish(url, float(per_s), float(seconds), *map(int, bounds)))
