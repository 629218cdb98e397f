"""A real `meadow all` as a child process, and a client that asks it as a script with a token would."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.servers.celery import Broker
from tests.servers.client import Client, Refused, toml_of
from tests.servers.processes import Process, Server, free_port

MEADOW = Path(sys.executable).with_name("meadow")
READY = "Ctrl-C ends it."
__all__ = ["Demo", "Meadow", "Refused"]
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/\?token=(\S+)")


class Meadow(Client, Server):
    """Watches the brokers under their names. Data stays in `folder` over kill and start."""

    def __init__(self, folder: Path, brokers: Mapping[str, Broker], *arguments: str) -> None:
        self.folder, self.brokers, self._arguments = folder, brokers, arguments
        self.url = self.sign_in_url = self.token = ""
        self._starts = 0

    def start(self) -> Meadow:
        """Returns when it has printed its URL, and has a token of every permission."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "meadow.toml").write_text(toml_of(self.brokers))
        self._starts += 1
        command = [str(MEADOW), "all", "--data-dir", str(self.folder / "data"), "--port", str(free_port())]
        self.process = Process(
            [*command, *self._arguments], self.folder / f"meadow-{self._starts}.out", cwd=self.folder
        )
        self.process.wait_until_says(READY, within_s=60)
        found = ADDRESS.search(self.process.output)
        assert found, self.process.output
        self.url, self.sign_in_url, self.token = found[1], found[0], self.mint()
        return self

    def stop(self, within_s: float = 20.0) -> None:
        """SIGTERM, as an init system would."""
        super().stop(within_s)

    def mint(self, *arguments: str) -> str:
        """A token by `meadow token`, offline."""
        command = [str(MEADOW), "token", "--data-dir", str(self.folder / "data"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=self.folder)
        return done.stdout.strip().splitlines()[-1]


class Demo(Meadow):
    """`meadow demo`, its token minted from the folder that it names. Its folder ends up empty again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, {})

    def start(self) -> Demo:
        command = [str(MEADOW), "demo", "--port", str(free_port())]
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = Process(command, self.folder / "demo.out", {"TMPDIR": str(self.folder)}, cwd=self.folder)
        self.process.wait_until_says(READY, within_s=60)
        found = ADDRESS.search(self.process.output)
        data_dir = re.search(r"--data-dir (\S+)", self.process.output)
        assert found
        assert data_dir
        self.url, self.sign_in_url = found[1], found[0]
        command = [str(MEADOW), "token", "--data-dir", data_dir[1]]
        self.token = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]
        return self
