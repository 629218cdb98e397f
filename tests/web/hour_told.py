"""Tells the invented hour to a real Meadow, by Celery's own dispatchers, as if it were the hour that ends now."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.servers.celery import Broker, filesystem_broker
from tests.servers.deadlines import wait_for
from tests.servers.meadow import Meadow
from tests.web.hour import CLUSTERS, MINUTES, Said, hour, still_there

EVERY_S = 4.0  # between heartbeats that go on
Tell = Callable[[Sequence[Said], float], None]
WRONG = 3  # a silent worker, what waits for it, and what was not seen
BUFFERED = 100  # events of one message, as a busy worker sends them


@contextmanager
def meadow_of_the_hour(folder: Path) -> Iterator[Meadow]:
    """Running, with the whole hour stored, and its workers still there."""
    brokers = {name: filesystem_broker(folder / name) for name in CLUSTERS}
    meadow = Meadow(folder / "meadow", brokers)
    over = threading.Event()
    try:
        meadow.start()
        wait_for(lambda: all(one["connected"] for one in meadow.items("/clusters")), "all clusters connected", 60)
        began_s = time.time() - MINUTES * 60
        told = {name: hour(name) for name in CLUSTERS}
        for name, said in told.items():
            with voices(brokers[name]) as tell:
                tell(said, began_s)
            threading.Thread(target=go_on, args=(brokers[name], name, over), daemon=True).start()
        tasks = len({event.fields["uuid"] for said in told.values() for event in said if "uuid" in event.fields})
        wait_for(lambda: len(meadow.items("/tasks", limit=500, from_="now-2h")) >= tasks, f"{tasks} tasks stored", 120)
        wait_for(lambda: len(meadow.items("/problems")) >= WRONG, f"{WRONG} problems", 60)
        yield meadow
    finally:
        over.set()
        meadow.stop()


def go_on(broker: Broker, cluster: str, over: threading.Event) -> None:
    with voices(broker) as tell:
        while not over.wait(EVERY_S):
            tell(list(still_there(0, cluster)), time.time())


@contextmanager
def voices(broker: Broker) -> Iterator[Tell]:
    """Says events, each by the dispatcher of its own host. began_s: epoch seconds that their `at` counts from."""
    app = broker.app()
    with ExitStack() as stack:
        connection = stack.enter_context(app.connection_for_write())
        found: dict[str, Any] = {}

        def voice(hostname: str) -> Any:
            if hostname not in found:
                made = app.events.Dispatcher(connection, hostname, buffer_group={"task"}, buffer_limit=BUFFERED)
                found[hostname] = stack.enter_context(made)
            return found[hostname]

        def tell(said: Sequence[Said], began_s: float) -> None:
            for event in said:
                voice(event.hostname).send(event.type, timestamp=began_s + event.at, **event.fields)
            for each in found.values():
                each.flush(errors=False)

        yield tell
    app.close()
