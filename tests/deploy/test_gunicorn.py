"""The HTTP services under gunicorn: started by `meadow` or by hand, ended in order, a dead worker replaced."""

from __future__ import annotations

import json
import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.servers.deadlines import wait_for
from tests.servers.meadow import MEADOW
from tests.servers.processes import Process, free_port, listens

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "deploy/gunicorn.conf.py"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture(params=["meadow", "gunicorn"])
def web(request: pytest.FixtureRequest, tmp_path: Path, port: int) -> Iterator[Process]:
    """`meadow web` with two workers, its HOME and TMPDIR in `tmp_path`; started in both ways."""
    by_meadow = [str(MEADOW), "web", "--port", str(port), "--workers", "2"]
    gunicorn = [str(MEADOW.with_name("gunicorn")), "-c", str(CONFIGURATION), "--workers", "2"]
    by_hand = [*gunicorn, "--bind", f"127.0.0.1:{port}", 'meadow.deploy.gunicorn:app("web")']
    for name in ("home", "temporary"):
        (tmp_path / name).mkdir()
    environment = {"MEADOW_SECRET": "s" * 64, "HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "temporary")}
    command = by_meadow if request.param == "meadow" else by_hand
    process = Process(command, tmp_path / "web.out", environment, cwd=tmp_path)
    wait_for(lambda: process.ended or (listens(port) and len(workers(process)) == 2), "two workers", 40)
    assert not process.ended, process.output
    yield process
    process.stop()


def workers(process: Process) -> set[int]:
    """Processes of the workers."""
    return {child.pid for child in psutil.Process(process.pid).children()} if not process.ended else set()


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(json.loads(answer.read()) == {"status": "ok"})
    except OSError:
        return False


def test_a_worker_that_dies_is_replaced(web: Process, port: int) -> None:
    wait_for(lambda: healthy(port), "an answer", 30)
    before = workers(web)
    os.kill(min(before), signal.SIGKILL)
    wait_for(lambda: len(workers(web)) == 2 and workers(web) != before, "another worker", 30)
    wait_for(lambda: healthy(port), "an answer", 30)


def test_it_ends_in_order_and_leaves_nothing(web: Process, port: int, tmp_path: Path) -> None:
    wait_for(lambda: healthy(port), "an answer", 30)
    assert [one.name for one in (tmp_path / "temporary").glob("meadow-*")], "the folder of the metrics"
    children = workers(web)
    os.kill(web.pid, signal.SIGTERM)
    wait_for(lambda: web.ended, "the end", 30)
    wait_for(lambda: not [pid for pid in children if psutil.pid_exists(pid)], "the end of every worker", 30)
    assert not list((tmp_path / "temporary").iterdir())
    assert not list((tmp_path / "home").iterdir()), "no control socket"
    assert "Traceback" not in web.output


@pytest.mark.parametrize("role", ["query", "control", "web", "ingest", "write"])
def test_what_is_missing_is_said_before_anything_starts(role: str, tmp_path: Path) -> None:
    process = Process([str(MEADOW), role], tmp_path / "out", cwd=tmp_path)
    wait_for(lambda: process.ended, "the end", 40)
    assert process.output.startswith("meadow: ")
    assert process.output.count("\n") == 1, process.output


def test_a_port_that_is_taken_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = Process(
            [str(MEADOW), "web", "--port", port], tmp_path / "out", {"MEADOW_SECRET": "s" * 64}, cwd=tmp_path
        )
        wait_for(lambda: process.ended, "the end", 40)
    last = process.output.splitlines()[-1]
    assert last.endswith(f"Cannot listen on ('127.0.0.1', {port}). Choose another with --port or --host."), (
        process.output
    )
