"""Events a second from RabbitMQ to Kafka, acknowledged: of an ingest node's core, and how it grows with a second node.

`python -m tests.bench.bench_ingest_nodes [--events 60000]`: a backlog in one cluster's queue, taken by one node, then as large
a one by two that share the queue; first with one event a message, then with ten, as workers that are busy send them, of as many
messages. An event is acknowledged to the broker after Kafka has it, and a node holds at most its prefetch, 4 000 messages,
before; so what is taken is acknowledged but for that. A core's figure counts CPU time of the nodes alone. Two nodes on one
machine of few cores share these with the servers; what stays of a core's figure is what two machines keep.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.draining import Drained, counted, drained, kafka_and_clickhouse, told
from tests.servers.certificates import make_certificates
from tests.servers.clickhouse import ClickHouse
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.roles import Roles

TOGETHER = (1, 10)  # events a message
RECEIVED = "meadow_events_received_total"


def main(events: int, folder: Path) -> None:
    for part in ("certificates", "rabbitmq"):
        (folder / part).mkdir()
    rabbitmq = RabbitMQ(folder / "rabbitmq", make_certificates(folder / "certificates"))
    rabbitmq.start()
    try:
        with kafka_and_clickhouse(folder) as (kafka, clickhouse):
            for together in TOGETHER:
                print(f"== {together} a message")
                told(
                    "events", [run(nodes, events, together, folder, (rabbitmq, kafka, clickhouse)) for nodes in (1, 2)]
                )
    finally:
        rabbitmq.stop()


def run(nodes: int, events: int, together: int, folder: Path, servers: tuple[RabbitMQ, Kafka, ClickHouse]) -> Drained:
    """A Meadow of its own for each."""
    rabbitmq, kafka, clickhouse = servers
    events *= together
    vhost = rabbitmq.vhost()
    meadow = Roles(folder / f"nodes-{nodes}-{together}", {}, kafka, clickhouse, {"ingest": nodes})
    meadow.folder.mkdir()
    table = f'[clusters.shop]\nurl = "{rabbitmq.url(vhost)}"\nholders = {nodes}\n'
    (meadow.folder / "meadow.toml").write_text(table)
    meadow.run("migrate")
    try:
        fill(meadow, rabbitmq.url(vhost), events, together)
        for role in meadow.of("ingest"):
            role.start()
        taking = meadow.of("ingest")
        found = drained(taking, RECEIVED, lambda: sum(counted(role, RECEIVED) for role in taking), events)
        wait_for(lambda: not any(rabbitmq.queues(vhost).values()), "all is acknowledged", 60)
        return found
    finally:
        meadow.stop()


def fill(meadow: Roles, url: str, events: int, together: int) -> None:
    """The queue is made by a node, which ends before there is anything in it."""
    first = meadow.of("ingest")[0].start()
    wait_for(lambda: first.told("cluster default/shop").startswith("connected"), "the queue is there", 60)
    first.stop()
    command = [sys.executable, "-m", "tests.bench.publisher", url, "0", "600", str(events), str(together)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=60_000)
    with tempfile.TemporaryDirectory() as name:
        main(parser.parse_args().events, Path(name))
