"""Flower's own `EventsState`, fed the same events in the same process: what a monitor in memory does in a second.

`python -m tests.bench.bench_flower [--events 100000]`
"""

from __future__ import annotations

import argparse
import itertools
import json
import time

import psutil
from flower.events import EventsState

from tests.bench.publisher import events


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=100_000)
    count = options.parse_args().events
    bodies = [json.dumps(event) for _, event in itertools.islice(events(), count)]
    state, process = EventsState(max_tasks_in_memory=10_000), psutil.Process()
    before, begun_s = process.memory_info().rss, time.process_time()
    for body in bodies:
        event = json.loads(body)
        event["local_received"] = event["timestamp"]
        state.event(event)
    took_s = time.process_time() - begun_s
    grown = (process.memory_info().rss - before) / 1e6
    print(
        f"flower         {count / took_s:.0f} events/s of decode and state, {grown:.0f} MB for the 10000 tasks it keeps"
    )


if __name__ == "__main__":
    main()
