"""A real `meadow all` as a child process, and a client that asks it as a script with a token would."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.servers.celery import Broker
from tests.servers.processes import Process, free_port

MEADOW = Path(sys.executable).with_name("meadow")
READY = "Ctrl-C ends it."
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/\?token=(\S+)")


class Refused(Exception):
    """A problem document: status and body."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


class Meadow:
    """Watches the brokers under their names. Data stays in `folder` over kill and start."""

    def __init__(self, folder: Path, brokers: Mapping[str, Broker], *arguments: str) -> None:
        self.folder, self.brokers, self._arguments = folder, brokers, arguments
        self.process: Process | None = None
        self.url = self.sign_in_url = self.token = ""
        self._starts = 0

    def start(self) -> Meadow:
        """Returns when it has printed its URL, and has a token of every permission."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "meadow.toml").write_text(self._toml())
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

    def kill(self) -> None:
        """kill -9: nothing is said, nothing is finished."""
        assert self.process
        self.process.kill()

    def stop(self) -> None:
        """SIGTERM, as an init system would."""
        if self.process and not self.process.ended:
            self.process.stop(within_s=20)

    def mint(self, *arguments: str) -> str:
        """A token by `meadow token`, offline."""
        command = [str(MEADOW), "token", "--data-dir", str(self.folder / "data"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=self.folder)
        return done.stdout.strip().splitlines()[-1]

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON of `/api/v1{path}`. Raises Refused."""
        query = urllib.parse.urlencode({name.rstrip("_"): value for name, value in parameters.items()}, doseq=True)
        return self.call("GET", f"/api/v1{path}{'?' if query else ''}{query}")

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """The JSON answer to a JSON body. Raises Refused."""
        return self.call("POST", f"/api/v1{path}", body, {k.replace("_", "-"): v for k, v in headers.items()})

    def call(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """One request with the token. Raises Refused."""
        data = None if body is None else json.dumps(body).encode()
        merged = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.url + path, data, merged, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, json.loads(error.read() or b"{}")) from None

    def items(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            page = self.get(path, **parameters, **cursor)
            found += page["items"]
            if not page["next"]:
                return found
            cursor = {"cursor": page["next"]}

    def _toml(self) -> str:
        lines: list[str] = []
        for name, broker in self.brokers.items():
            lines += [f"[clusters.{name}]", f"url = {json.dumps(broker.url)}"]
            lines += [f"[clusters.{name}.transport_options]"] if broker.options else []
            lines += [f"{key} = {json.dumps(str(value))}" for key, value in broker.options.items()]
        return "\n".join(lines) + "\n"


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
