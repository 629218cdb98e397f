"""A real Meadow of many processes on servers that run already: each role started, killed, paused and stopped on its own."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.servers.celery import Broker
from tests.servers.clickhouse import PASSWORD, ClickHouse
from tests.servers.client import Client, toml_of
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.processes import Process, Server, free_port
from tests.servers.revisions import INSTALLED, Code

ONE_OF_EACH = {"ingest": 1, "write": 1, "query": 1, "control": 1, "web": 1}
READY_WITHIN_S = 60.0


class Role(Server):
    """One process (of an HTTP service: with its workers) under a name such as `ingest-2`; on the same port at every start.

    code   what it runs from its next start on.
    """

    def __init__(
        self, name: str, folder: Path, environment: Mapping[str, str], arguments: tuple[str, ...] = ()
    ) -> None:
        self.name, self.port = name, free_port()
        self._folder, self._environment, self._arguments = folder, environment, arguments
        self.code: Code = INSTALLED

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """What it has said since its last start."""
        return self.process.output if self.process else ""

    def start(self) -> Role:
        """Returns at once; `wait_ready` waits."""
        command = [*self.code.command, self.name.partition("-")[0], "--port", str(self.port), *self._arguments]
        environment = {**self._environment, **self.code.environment}
        self.process = Process(command, self._folder / f"{self.name}.out", environment, cwd=self._folder)
        return self

    def ready(self) -> Mapping[str, Any]:
        """The body of /readyz; {} while nothing answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=10) as answer:
                found: Mapping[str, Any] = json.loads(answer.read())
                return found
        except urllib.error.HTTPError as error:
            with error:
                refused: Mapping[str, Any] = json.loads(error.read())
                return refused
        except OSError:
            return {}

    def told(self, dependency: str) -> str:
        """What /readyz says of one dependency, with `!` before it when it is in the way; "" when it is not named."""
        for one in self.ready().get("dependencies", ()):
            if one["name"] == dependency:
                return f"{'' if one['ok'] else '!'}{one['detail']}"
        return ""

    def counted(self, metric: str) -> float:
        """The sum of a metric's series at the open /metrics of ingest and write. Raises OSError while nothing answers."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if re.match(rf"{metric}[ {{]", line))

    def wait_ready(self, within_s: float = READY_WITHIN_S) -> Role:
        """Raises Late; AssertionError with its output when it ended."""
        assert self.process
        process = self.process
        try:
            wait_for(lambda: process.ended or self.ready().get("ready"), f"{self.name} ready", within_s)
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.ready()}\n{self.output[-4000:]}") from late
        assert not process.ended, f"{self.name} ended:\n{self.output[-4000:]}"
        return self

    def stop(self, within_s: float = 40.0) -> None:
        """SIGTERM; returns when it has ended, its workers too."""
        super().stop(within_s)


class Roles(Client):
    """Migrated, then one process of each role, or as many as `counts` says; asked through web.

    name   of this Meadow: the prefix of its topics and its database, so that tests of one server are apart.
    more   variables for every process, over what is set here.
    code   what commands that end by themselves run.
    """

    def __init__(
        self,
        folder: Path,
        brokers: Mapping[str, Broker],
        kafka: Kafka,
        clickhouse: ClickHouse,
        counts: Mapping[str, int] = ONE_OF_EACH,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.brokers = folder, brokers
        self.code: Code = INSTALLED
        self.name = f"m{secrets.token_hex(4)}"
        self.secret = secrets.token_hex(32)
        self._environment = {
            **{name: "" for name in os.environ if name.startswith("MEADOW_")},
            "MEADOW_KAFKA": kafka.servers,
            "MEADOW_KAFKA_PREFIX": self.name,
            "MEADOW_CLICKHOUSE": clickhouse.url,
            "MEADOW_CLICKHOUSE_PASSWORD": PASSWORD,
            "MEADOW_CLICKHOUSE_DATABASE": self.name,
            "MEADOW_SECRET": self.secret,
            "MEADOW_REGISTRY_KEY": secrets.token_hex(32),
            **(more or {}),
        }
        self.roles = {
            f"{role}-{number}": self._role(role, number)
            for role, count in counts.items()
            if role != "web"
            for number in range(1, count + 1)
        }
        for number in range(1, counts.get("web", 0) + 1):
            self.roles[f"web-{number}"] = self._web(number)

    def start(self, told: Callable[[str], None] = lambda name: None) -> Roles:
        """Returns when every process is ready, and there is a token of every permission. told: hears each that is."""
        self.migrate()
        for role in self.roles.values():
            role.start()
        for name, role in self.roles.items():
            role.wait_ready()
            told(name)
        self.url = next((role.url for name, role in self.roles.items() if name.startswith("web-")), "")
        self.token = self.mint()
        return self

    def stop(self, within_s: float = 40.0) -> None:
        """In the order of a rolling stop: those who take first. Kills what does not end."""
        for role in self.roles.values():
            if role.process and not role.process.ended:
                role.process.ask_to_end()
        deadline_s = time.monotonic() + within_s
        for role in self.roles.values():
            role.stop(max(0.0, deadline_s - time.monotonic()))

    def migrate(self, *arguments: str) -> str:
        """What `meadow migrate` said."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "meadow.toml").write_text(toml_of(self.brokers))
        return self.run("migrate", *arguments)

    def mint(self, *arguments: str) -> str:
        """A token by `meadow token`, offline."""
        return self.run("token", *arguments).strip().splitlines()[-1]

    def tenant(self, slug: str) -> Client:
        """A client of a new tenant, with a token of every permission."""
        self.post("/tenants", {"slug": slug})
        client = Client()
        client.url, client.token = self.url, self.mint("--tenant", slug)
        return client

    def run(self, *arguments: str) -> str:
        """A command that ends by itself; its output. Raises AssertionError when it fails."""
        environment = {**os.environ, **self._environment, **self.code.environment}
        command = [*self.code.command, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.folder, env=environment, timeout=120
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def of(self, kind: str) -> list[Role]:
        """All of one kind, by number."""
        return [role for name, role in self.roles.items() if name.startswith(f"{kind}-")]

    def _role(self, kind: str, number: int) -> Role:
        arguments = ("--node", f"node-{number}") if kind == "ingest" else ()
        return Role(f"{kind}-{number}", self.folder, self._environment, arguments)

    def _web(self, number: int) -> Role:
        bases = {kind: ",".join(role.url for role in self.of(kind)) for kind in ("query", "control")}
        arguments = ("--query", bases["query"], "--control", bases["control"])
        return Role(f"web-{number}", self.folder, self._environment, arguments)
