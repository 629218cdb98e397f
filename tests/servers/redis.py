"""Starts a Redis of the tests' own: TCP, a unix socket, TLS and Sentinel as asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote

from redis import Redis

from tests.servers.certificates import Certificates
from tests.servers.deadlines import wait_for
from tests.servers.processes import Process, Server, free_port, listens

DATABASES = 4096


@dataclass
class RedisServer(Server):
    """One server without persistence. `database` gives a number nobody had before: clusters of one server apart.

    mutual   on the TLS port it asks for a client's certificate.
    socket   listened on beside the ports; its whole path has at most 107 bytes (unix(7)), so not in a folder of pytest's.
    """

    folder: Path
    password: str = ""
    certificates: Certificates | None = None
    socket: Path | None = None
    mutual: bool = False
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    _databases: count[int] = field(default_factory=lambda: count(1))

    def start(self) -> None:
        self.process = Process(["redis-server", *self._options()], self.folder / "redis.out")
        self.process.wait_until_says("Ready to accept connections")

    def restart(self) -> None:
        """Same ports, no data."""
        self.stop()
        self.start()

    def database(self) -> int:
        return next(self._databases)

    def url(self, database: int = 0) -> str:
        return f"redis://{self._credentials}127.0.0.1:{self.port}/{database}"

    def tls_url(self, database: int = 0) -> str:
        """As Celery takes it; the authority is `certificates.authority`."""
        return f"rediss://{self._credentials}127.0.0.1:{self.tls_port}/{database}"

    def socket_url(self, database: int = 0) -> str:
        return f"redis+socket://{self._credentials}{self.socket}?virtual_host={database}"

    def client(self, database: int = 0) -> Redis:
        """A plain client; close it."""
        return Redis.from_url(self.url(database))

    @property
    def _credentials(self) -> str:
        return f":{quote(self.password, safe='')}@" if self.password else ""

    def _options(self) -> list[str]:
        given = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
            "databases": str(DATABASES),
        }
        if self.socket:
            given["unixsocket"] = str(self.socket)
        if self.password:
            given["requirepass"] = self.password
        if self.certificates:
            given |= {"tls-port": str(self.tls_port)} | _trust(self.certificates)
            given["tls-auth-clients"] = "yes" if self.mutual else "no"
        return [part for name, value in given.items() for part in (f"--{name}", value)]


@dataclass
class Sentinel(Server):
    """One Sentinel that watches a master under the name `mymaster`; `tls`: it listens and asks over TLS alone, and names the
    master's TLS port, with the master's certificates."""

    folder: Path
    master: RedisServer
    tls: bool = False
    port: int = field(default_factory=free_port)

    def start(self) -> None:
        config = self.folder / "sentinel.conf"
        config.write_text("\n".join(self._lines()))
        self.process = Process(["redis-server", str(config), "--sentinel"], self.folder / "sentinel.out")
        wait_for(lambda: listens(self.port), "sentinel")

    def url(self, database: int = 0) -> str:
        return f"sentinel://127.0.0.1:{self.port}/{database}"

    def _lines(self) -> list[str]:
        port = self.master.tls_port if self.tls else self.master.port
        watched = [f"bind 127.0.0.1\ndir {self.folder}\nsentinel monitor mymaster 127.0.0.1 {port} 1"]
        if self.master.password:
            watched.append(f"sentinel auth-pass mymaster {self.master.password}")
        if not self.tls or self.master.certificates is None:
            return [*watched, f"port {self.port}"]
        trust = [f"{name} {value}" for name, value in _trust(self.master.certificates).items()]
        return [*watched, f"port 0\ntls-port {self.port}\ntls-replication yes", *trust]


def _trust(certificates: Certificates) -> dict[str, str]:
    return {
        "tls-cert-file": str(certificates.certificate),
        "tls-key-file": str(certificates.key),
        "tls-ca-cert-file": str(certificates.authority),
        "tls-auth-clients": "no",
    }
