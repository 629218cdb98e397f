"""Says whole task histories with publisher confirms, again whatever a broker that went away had not confirmed.

A process of its own: `python -m tests.promises.chaos_publisher SEED EVENTS_PER_S SECONDS URL…`, a cluster each; task number n
is of cluster n % clusters. Prints JSON: how many tasks each cluster has, events in all, and how many were said again.
Told to end (SIGTERM) it tells how all that goes on ends, and is done earlier.
"""

from __future__ import annotations

import heapq
import itertools
import json
import random
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import amqp
import orjson
from amqp.exceptions import AMQPError
from kombu.utils.url import parse_url

from tests.bench.publisher import frames
from tests.promises.chaos_stories import Story, story

STEP_S = 2.0  # the longest between two events of a task
BATCHES_PER_S = 20
AGAIN_AFTER_S = 0.2
ANSWER_WITHIN_S = 20.0
Event = tuple[str, bytes]  # routing key, body


class Confirmed:
    """One connection; what `say` returned of is in every queue that was bound."""

    def __init__(self, url: str) -> None:
        self._parts = parse_url(url)
        self._connection: amqp.Connection | None = None
        self._open: set[int] = set()
        self._tag = 0
        self.again = 0

    def say(self, events: Sequence[Event]) -> None:
        """For ever, until all are confirmed."""
        left = list(events)
        while left:
            try:
                left = self._once(left)
            except (OSError, AMQPError):
                self._close()
                time.sleep(AGAIN_AFTER_S)
            self.again += len(left)

    def close(self) -> None:
        self._close()

    def _once(self, events: list[Event]) -> list[Event]:
        """Those that the broker refused."""
        connection = self._connection or self._connect()
        tags = range(self._tag + 1, self._tag + len(events) + 1)
        self._tag, self._open, refused = tags[-1], set(tags), set[int]()
        self._refused = refused
        connection.transport.sock.sendall(b"".join(frames(key, body) for key, body in events))
        deadline_s = time.monotonic() + ANSWER_WITHIN_S
        while self._open:
            connection.drain_events(timeout=max(0.01, deadline_s - time.monotonic()))
        return [event for tag, event in zip(tags, events, strict=True) if tag in refused]

    def _connect(self) -> amqp.Connection:
        parts = self._parts
        address = f"{parts['hostname']}:{parts['port']}"
        connection = amqp.Connection(
            address, parts["userid"], parts["password"], virtual_host=parts["virtual_host"], connect_timeout=5
        )
        connection.connect()
        connection.transport.sock.settimeout(ANSWER_WITHIN_S)
        channel = connection.channel(1)
        channel.confirm_select()
        channel.events["basic_ack"].add(self._acknowledged)
        channel.events["basic_nack"].add(self._nacked)
        self._connection, self._tag = connection, 0
        return connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, AMQPError):
                connection.collect()

    def _acknowledged(self, tag: int, multiple: bool) -> None:
        self._open -= {one for one in self._open if one <= tag} if multiple else {tag}

    def _nacked(self, tag: int, multiple: bool) -> None:
        self._refused |= {one for one in self._open if one <= tag} if multiple else {tag}
        self._acknowledged(tag, multiple)


@dataclass
class Telling:
    """The stories of one cluster, interleaved: the events of a task are up to STEP_S apart."""

    seed: int
    numbers: itertools.count[int]
    pid: int
    spread: int  # events of others between two of one task, at most
    tasks: int = 0
    _clock: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _said: int = 0
    _due: list[tuple[int, int, Story, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(f"{self.seed}/{self.pid}")

    def next(self, count: int) -> list[Event]:
        """More of what goes on, and new stories in between."""
        return [self._one() for _ in range(count)]

    def rest(self) -> list[Event]:
        """How all that goes on ends."""
        events = []
        while self._due:
            _, _, one, step = heapq.heappop(self._due)
            events.append(self._say(one, step))
        return events

    def _one(self) -> Event:
        self._said += 1
        if self._due and self._due[0][0] <= self._said:
            _, _, one, step = heapq.heappop(self._due)
            return self._say(one, step)
        self.tasks += 1
        return self._say(story(self.seed, next(self.numbers)), 0)

    def _say(self, one: Story, step: int) -> Event:
        kind, hostname, fields = one.steps[step]
        clock = next(self._clock)
        if step + 1 < len(one.steps):
            heapq.heappush(self._due, (self._said + self._dice.randrange(1, self.spread), clock, one, step + 1))
        common = {"type": kind, "uuid": one.id, "hostname": hostname, "pid": self.pid, "clock": clock, "utcoffset": 0}
        return kind.replace("-", "."), orjson.dumps({**common, **fields, "timestamp": time.time()})


def tell(telling: Telling, broker: Confirmed, per_s: float, seconds: float, ended: threading.Event) -> int:
    """Events said, until then or until it has ended. What could not be said in time is said faster afterwards."""
    begun_s, said, count = time.monotonic(), 0, max(1, round(per_s / BATCHES_PER_S))
    while time.monotonic() - begun_s < seconds and not ended.is_set():
        broker.say(telling.next(count))
        said += count
        time.sleep(max(0.0, begun_s + said / per_s - time.monotonic()))
    rest = telling.rest()
    for at in range(0, len(rest), count):
        broker.say(rest[at : at + count])
    broker.close()
    return said + len(rest)


def main(seed: int, per_s: float, seconds: float, urls: Sequence[str]) -> None:
    """A thread for each cluster."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    each_per_s = per_s / len(urls)
    tellings = [
        Telling(seed, itertools.count(place, len(urls)), 4711 + place, max(2, round(STEP_S * each_per_s)))
        for place in range(len(urls))
    ]
    brokers, said = [Confirmed(url) for url in urls], [0] * len(urls)

    def one(place: int) -> None:
        said[place] = tell(tellings[place], brokers[place], each_per_s, seconds, ended)

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(urls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tasks, again = [telling.tasks for telling in tellings], sum(broker.again for broker in brokers)
    print(json.dumps({"tasks": tasks, "events": sum(said), "again": again}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
