"""`make cluster`: all of Meadow on one machine as real processes, with the servers it needs and two clusters to watch."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Protocol

from meadow.deploy.demo_processes import celery_processes
from tests.servers.celery import Broker
from tests.servers.clickhouse import ClickHouse
from tests.servers.kafka import Kafka
from tests.servers.kafka_jars import CACHE
from tests.servers.rabbitmq import BIN, RabbitMQ
from tests.servers.redis import RedisServer
from tests.servers.roles import Roles

TWO_OF_EACH = {"ingest": 2, "write": 2, "query": 2, "control": 2, "web": 2}
END_WITHIN_S = 2.5  # then they are killed; nothing of it is kept anyway
READY = "Ctrl-C ends all of it."


class Server(Protocol):
    def start(self) -> None: ...

    def kill(self) -> None: ...


class Field:
    """Two Celery clusters, `shop` on RabbitMQ and `market` on Redis, and two of each Meadow service. All is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self.rabbitmq, self.redis = RabbitMQ(self._made("rabbitmq")), RedisServer(self._made("redis"))
        self.kafka, self.clickhouse = Kafka(self._made("kafka")), ClickHouse(self._made("clickhouse"))
        self.brokers = {"shop": Broker(self.rabbitmq.url()), "market": Broker(self.redis.url())}
        self.meadow = Roles(
            self._made("meadow"), self.brokers, self.kafka, self.clickhouse, TWO_OF_EACH, {"MEADOW_WORKERS": "1"}
        )

    def start(self) -> None:
        """Says how far it is. Raises AssertionError with the output of what did not start."""
        self._serve("RabbitMQ", self.rabbitmq)
        self._serve("Redis", self.redis)
        self._serve("Kafka", self.kafka)
        self._serve("ClickHouse (its engine, behind the tests' front)", self.clickhouse)
        self._stack.callback(self.meadow.stop, END_WITHIN_S)
        say("topics, tables, registry")
        self.meadow.start(lambda name: say(f"meadow {name}"))
        for name, broker in self.brokers.items():
            say(f"Celery application {name}: two workers, beat, a producer")
            self._stack.enter_context(celery_processes(self._made(name), broker.url))

    def stop(self) -> None:
        """In reverse, within seconds."""
        self._stack.close()

    def greeting(self) -> str:
        """Where to go, and what runs."""
        processes = "  ".join(f"{name} {role.process.pid}" for name, role in self.meadow.roles.items() if role.process)
        return (
            f"\nMeadow watches shop (RabbitMQ) and market (Redis). Open\n\n    {self.meadow.url}/signin\n\n"
            f"and sign in with this token, which scripts may use too:\n\n    {self.meadow.token}\n\n"
            f"Kill what you like, by its pid: {processes}\nWhat each of them says is in {self._folder}. {READY}"
        )

    def _serve(self, name: str, server: Server) -> None:
        say(name)
        self._stack.callback(_kill, server)
        server.start()

    def _made(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder


def _kill(server: Server) -> None:
    with suppress(AssertionError):  # it had not begun
        server.kill()


def missing() -> list[str]:
    """Programs that are not on this machine."""
    found = {
        "rabbitmq-server": (BIN / "rabbitmq-server").exists(),
        "redis-server": shutil.which("redis-server"),
        "java": shutil.which("java"),
        "mvn": shutil.which("mvn") or list(CACHE.glob("lib-*")),
    }
    return [name for name, there in found.items() if not there]


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    """Until Ctrl-C or SIGTERM."""
    if absent := missing():
        sys.exit(f"Not on this machine: {', '.join(absent)}. deploy/install-services.sh installs them.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="meadow-cluster-", ignore_cleanup_errors=True) as name:
        field = Field(Path(name))
        try:
            field.start()
            say(field.greeting())
            threading.Event().wait()
        except KeyboardInterrupt:
            say("\nending")
        except AssertionError as error:
            sys.exit(f"It could not be started: {error}")
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # the second Ctrl-C changes nothing: it ends within seconds
            field.stop()


if __name__ == "__main__":
    main()
