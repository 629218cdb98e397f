"""What README.md and docs/operate/install.md give to be typed is typed as it stands, but for whose addresses are named."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.servers.celery import Broker
from tests.servers.deadlines import wait_for
from tests.servers.meadow import MEADOW, Meadow

STRICT = (
    "set -eu -o pipefail\ncurl() { command curl --silent --show-error --fail-with-body --write-out '\\n' \"$@\"; }\n"
)


@pytest.fixture
def meadow(tmp_path: Path, redis_broker: Broker) -> Iterator[Meadow]:
    started = Meadow(tmp_path, {"there": redis_broker}).start()
    yield started
    started.stop()


def block(path: str, heading: str) -> str:
    """The first lines for a shell below a heading."""
    found = re.search(rf"^## {heading}\n.*?```sh\n(.*?)```", (ROOT / path).read_text(), re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


def typed(text: str, folder: Path, **variables: str) -> list[str]:
    """The lines that a shell in this folder prints; every command of it ends well."""
    environment = {**os.environ, "PATH": f"{MEADOW.parent}:{os.environ['PATH']}", **variables}
    done = subprocess.run(
        ["bash", "-c", STRICT + text], capture_output=True, text=True, check=False, cwd=folder, env=environment
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout.splitlines()


def test_the_readme_asks_for_failed_tasks(meadow: Meadow) -> None:
    text = block("README.md", "Ask it").replace("meadow-data", "data").replace("http://127.0.0.1:5555", meadow.url)
    (answer,) = typed(text, meadow.folder)
    assert json.loads(answer)["items"] == []


def test_the_first_cluster_is_tried_and_added(meadow: Meadow, redis_broker: Broker) -> None:
    text = block("docs/operate/install.md", "The first cluster").replace("https://meadow.example.com", meadow.url)
    text = re.sub(r"amqp://[^\"]+", redis_broker.url, text)
    tried, added = map(
        json.loads, typed(text, meadow.folder, MEADOW_SECRET=(meadow.folder / "data/secret").read_text())
    )
    assert (tried["item"]["reachable"], tried["item"]["workers_answered"]) == (True, 0)
    assert added["item"]["slug"] == "shop"
    wait_for(lambda: {"shop", "there"} == {one["slug"] for one in meadow.items("/clusters")}, "both clusters")
