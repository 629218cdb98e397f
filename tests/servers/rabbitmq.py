"""Starts a RabbitMQ of the tests' own: own node, ports, cookie and folders, nothing shared with the machine's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.certificates import Certificates
from tests.servers.deadlines import wait_for
from tests.servers.processes import Process, free_port, listens

BIN = Path("/usr/lib/rabbitmq/bin")  # Debian's wrapper in /usr/sbin insists on the user rabbitmq
VHOSTS_AT_ONCE = 12  # rabbitmqctl takes a second a call, whatever it does


@dataclass
class RabbitMQ:
    """One broker. `vhost` gives a fresh vhost each call; the user guest may do all in it, from 127.0.0.1 only.

    features: feature flags of a new node, comma-separated; "" leaves out all that can be, None takes all.
    """

    folder: Path
    certificates: Certificates | None = None
    features: str | None = None
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    _epmd_port: int = field(default_factory=free_port)
    _dist_port: int = field(default_factory=free_port)
    _processes: list[Process] = field(default_factory=list)
    _vhosts: list[str] = field(default_factory=list)
    _vhosts_made: int = 0

    def start(self) -> None:
        """Returns when it takes connections; about ten seconds. Data of an earlier start is kept."""
        for name in ("mnesia", "log", "home"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "enabled_plugins").write_text("[].\n")
        (self.folder / "rabbitmq.conf").write_text(self._conf())
        epmd = ["epmd", "-address", "127.0.0.1", "-port", str(self._epmd_port)]
        self._processes.append(Process(epmd, self.folder / "epmd.out"))
        wait_for(lambda: listens(self._epmd_port), "epmd")
        server = Process([str(BIN / "rabbitmq-server")], self.folder / "server.out", self._env())
        self._processes.append(server)
        server.wait_until_says("Starting broker... completed", within_s=90)

    def stop(self) -> None:
        while self._processes:
            self._processes.pop().stop()

    def kill(self) -> None:
        """kill -9; `start` brings it back with what was durable."""
        while self._processes:
            self._processes.pop().kill()

    def stop_broker(self) -> None:
        """Closes all connections and takes none; the node stays, so `start_broker` is quick."""
        self.control("stop_app")

    def start_broker(self) -> None:
        self.control("start_app")

    def restart(self) -> None:
        """Three seconds; durable queues with persistent messages keep them."""
        self.stop_broker()
        self.start_broker()

    def url(self, vhost: str = "/", user: str = "guest") -> str:
        """Every user's password is its name."""
        return f"amqp://{user}:{user}@127.0.0.1:{self.port}/{vhost.replace('/', '%2F')}"

    def tls_url(self, vhost: str = "/") -> str:
        return f"amqps://guest:guest@127.0.0.1:{self.tls_port}/{vhost.replace('/', '%2F')}"

    def vhost(self) -> str:
        """A name nobody had before."""
        if not self._vhosts:
            first = self._vhosts_made + 1
            self._vhosts_made += VHOSTS_AT_ONCE
            self._vhosts = [f"v{n}" for n in range(first, self._vhosts_made + 1)]
            self.evaluate(
                f'[begin V = list_to_binary("v" ++ integer_to_list(N)), rabbit_vhost:add(V, <<"t">>),'
                ' rabbit_auth_backend_internal:set_permissions(<<"guest">>, V, <<".*">>, <<".*">>, <<".*">>, <<"t">>)'
                f" end || N <- lists:seq({first}, {self._vhosts_made})]."
            )
        return self._vhosts.pop(0)

    def add_user(self, name: str, vhost: str, *, configure: str, write: str, read: str) -> None:
        """A user whose password is its name, or new permissions for one that is there. The three are regular expressions."""
        texts = ", ".join(f'<<"{text}">>' for text in (name, vhost, *map(_escaped, (configure, write, read)), "t"))
        self.evaluate(
            f'catch rabbit_auth_backend_internal:add_user(<<"{name}">>, <<"{name}">>, <<"t">>),'
            f" rabbit_auth_backend_internal:set_permissions({texts})."
        )

    def close_connections(self, vhost: str) -> None:
        """As an operator would: every client of the vhost is told to go."""
        self.control("close_all_connections", "--vhost", vhost, "test")

    @contextmanager
    def memory_alarm(self) -> Iterator[None]:
        """While inside, the broker blocks every connection that publishes."""
        self.control("set_vm_memory_high_watermark", "0.000001")
        try:
            yield
        finally:
            self.control("set_vm_memory_high_watermark", "0.4")

    def queues(self, vhost: str) -> dict[str, int]:
        """Messages, unacknowledged ones included, by queue."""
        lines = self.control("list_queues", "--vhost", vhost, "--no-table-headers", "name", "messages").splitlines()
        return {name: int(count) for name, count in (line.split("\t") for line in lines)}

    def evaluate(self, erlang: str) -> str:
        """Runs Erlang in the node; the printed answer."""
        return self.control("eval", erlang)

    def control(self, *arguments: str) -> str:
        """rabbitmqctl, about a second; its output. Raises AssertionError with what it said."""
        command = [str(BIN / "rabbitmqctl"), "-q", *arguments]
        done = subprocess.run(command, env=self._env(), capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"rabbitmqctl {arguments}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def _conf(self) -> str:
        lines = [
            "loopback_users.guest = true",
            "vm_memory_high_watermark.relative = 0.4",
            "disk_free_limit.absolute = 1MB",
        ]
        if self.certificates:
            lines += [
                f"listeners.ssl.default = 127.0.0.1:{self.tls_port}",
                f"ssl_options.cacertfile = {self.certificates.authority}",
                f"ssl_options.certfile = {self.certificates.certificate}",
                f"ssl_options.keyfile = {self.certificates.key}",
                "ssl_options.verify = verify_none",
            ]
        return "\n".join(lines) + "\n"

    def _env(self) -> dict[str, str]:
        return {
            **os.environ,
            "HOME": str(self.folder / "home"),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RUNNING_UNDER_SYSTEMD": "1",  # makes the start script become the server instead of its parent
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            **({} if self.features is None else {"RABBITMQ_FEATURE_FLAGS": self.features}),
        }


def _escaped(pattern: str) -> str:
    return pattern.replace("\\", "\\\\").replace('"', '\\"')
