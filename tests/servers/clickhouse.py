"""Starts a ClickHouse of the tests' own: the real engine behind a front that speaks ClickHouse's HTTP interface."""

from __future__ import annotations

import base64
import json
import ssl
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

from meadow.core.stores.clickhouse_settings import ClickHouseSettings
from tests.servers.certificates import Certificates
from tests.servers.clickhouse_faults import Fault
from tests.servers.processes import Process, Server, free_port

ROOT = Path(__file__).parents[2]
PASSWORD = "clickhouse-secret-of-the-tests"


@dataclass
class ClickHouse(Server):
    """One server on one folder. `store_settings` gives a database nobody had before unless one is asked for.

    certificates   it answers by TLS only; None by none.
    """

    folder: Path
    certificates: Certificates | None = None
    port: int = field(default_factory=free_port)
    _databases: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return f"{'https' if self.certificates else 'http'}://127.0.0.1:{self.port}"

    def store_settings(self, database: str = "", *, make: bool = True) -> ClickHouseSettings:
        """make: the database is there when this returns."""
        name = database or f"test_{next(self._databases)}"
        ca_file = str(self.certificates.authority) if self.certificates else ""
        settings = ClickHouseSettings(
            self.url, password=PASSWORD, database=name, ca_file=ca_file, connect_s=5, insert_s=20
        )
        if make:
            self.say(f"CREATE DATABASE IF NOT EXISTS {settings.database} ENGINE = Atomic")
        return settings

    def start(self) -> None:
        """Returns when it answers, after about a second. Data of an earlier start is kept."""
        arguments = ["--data", str(self.folder), "--port", str(self.port), "--password", PASSWORD]
        if self.certificates:
            arguments += ["--certificate", str(self.certificates.certificate), "--key", str(self.certificates.key)]
        command = [sys.executable, "-m", "tests.servers.clickhouse_front", *arguments]
        self.process = Process(command, self.folder / "front.out", cwd=ROOT)
        self.process.wait_until_says("answers", within_s=60)

    def faults(self, faults: Sequence[Fault] = ()) -> None:
        """What happens to the next requests, instead of what was asked before; none without an argument."""
        self._post("/front/faults", json.dumps([asdict(fault) for fault in faults]))

    def faults_left(self) -> int:
        """How many requests may still meet one."""
        return int(self._send(urllib.request.Request(f"{self.url}/front/faults")))

    def say(self, sql: str) -> str:
        """One statement beside every client; its answer as tab-separated text."""
        return self._post("/", sql)

    def _post(self, path: str, body: str) -> str:
        request = urllib.request.Request(f"{self.url}{path}", body.encode())
        login = base64.b64encode(f"default:{PASSWORD}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
        return self._send(request)

    def _send(self, request: urllib.request.Request) -> str:
        context = ssl.create_default_context(cafile=str(self.certificates.authority)) if self.certificates else None
        with urllib.request.urlopen(request, timeout=60, context=context) as answer:
            return str(answer.read().decode())
