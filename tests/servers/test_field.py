"""`make cluster` as a newcomer meets it: progress, one address, tasks of both clusters, and nothing left after Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.servers.celery import ROOT
from tests.servers.client import Client
from tests.servers.deadlines import wait_for
from tests.servers.field import READY
from tests.servers.processes import Process

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
GREETING = re.compile(r"(http://127\.0\.0\.1:\d+)/signin.*?\n {4}(\S+)\n", re.DOTALL)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Process]:
    """All of it, beginning to start."""
    command = [sys.executable, "-m", "tests.servers.field"]
    process = Process(command, tmp_path / "cluster.out", {"TMPDIR": str(tmp_path)}, cwd=ROOT)
    yield process
    process.stop(within_s=30)


def test_tasks_of_both_clusters_are_told_and_ctrl_c_leaves_nothing(cluster: Process, tmp_path: Path) -> None:
    cluster.wait_until_says(READY, within_s=200)
    found = GREETING.search(cluster.output)
    assert found
    client = Client()
    client.url, client.token = found[1], found[2]
    wait_for(lambda: tell(client) == {"shop", "market"}, "successes of both clusters", 90)
    running = living(tmp_path)
    assert len(running) >= 20
    ends_and_leaves_nothing(cluster, tmp_path)


def test_ctrl_c_while_it_starts_leaves_nothing(cluster: Process, tmp_path: Path) -> None:
    cluster.wait_until_says("Kafka", within_s=90)
    assert living(tmp_path)
    ends_and_leaves_nothing(cluster, tmp_path)


def ends_and_leaves_nothing(cluster: Process, folder: Path) -> None:
    os.kill(cluster.pid, signal.SIGINT)
    wait_for(lambda: cluster.ended, "the end", 60)
    assert "Traceback" not in cluster.output
    assert not living(folder)
    assert not list(folder.glob("meadow-cluster-*"))


def tell(client: Client) -> set[str]:
    slugs = {one["slug"] for one in client.items("/clusters")}
    return {slug for slug in slugs if client.get("/tasks", cluster=slug, state="SUCCESS", limit=1)["items"]}


def living(folder: Path) -> list[str]:
    """Processes that were given the folder, by argument or environment."""
    return [text for process in psutil.process_iter() if str(folder) in (text := described(process))]


def described(process: psutil.Process) -> str:
    """ "" for one that has ended, or is this one."""
    if process.pid == os.getpid():
        return ""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return f"{process.pid} {process.cmdline()} {process.environ()}"
    except psutil.Error:
        return ""
