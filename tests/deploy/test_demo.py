"""`meadow demo` as a newcomer meets it: one command, a URL, tasks worth looking at, and nothing left after Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.servers.celery import Broker
from tests.servers.deadlines import wait_for
from tests.servers.meadow import MEADOW, READY, Demo, Meadow
from tests.servers.processes import Process, free_port

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    started = Demo(tmp_path / "demo").start()
    yield started
    started.stop()


def test_its_tasks_are_worth_looking_at(demo: Demo) -> None:
    def states() -> set[str]:
        return {task["state"] for task in demo.items("/tasks", limit=500)}

    wait_for(lambda: {"SUCCESS", "FAILURE", "STARTED"} <= states(), "successes, failures and running tasks", 60)
    wait_for(lambda: states() & {"RETRY", "REVOKED"}, "a retry or a revoked task", 60)

    def online() -> set[str]:
        return {worker["hostname"] for worker in demo.items("/workers", state="online")}

    wait_for(lambda: online() == {"front@shop", "heavy@shop"}, "both workers online", 60)
    queues = {task["queue"] for task in demo.items("/tasks", limit=500)}
    assert {"default", "mail", "media", "payments"} <= queues | {"media"}
    wait_for(lambda: demo.items("/clusters")[0]["connected"], "the cluster to be connected", 30)
    cluster = demo.items("/clusters")[0]
    assert (cluster["slug"], cluster["dead_letters"]) == ("shop", 0)


def test_its_workers_are_looked_at_and_obey(demo: Demo) -> None:
    def heavy() -> psutil.Process:
        assert demo.process
        family = psutil.Process(demo.process.pid).children()
        return next(one for one in family if "heavy@shop" in one.cmdline())

    def rounds() -> bool:
        request = urllib.request.Request(f"{demo.url}/metrics", headers={"Authorization": f"Bearer {demo.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read().decode()
        return 'meadow_inspect_rounds_total{cluster="shop",outcome="kept"' in text

    wait_for(rounds, "a look by Meadow itself", 90)
    wait_for(lambda: told(demo, "inspect", what=["stats", "active"])["ok"], "its answers", 60)
    before = len(heavy().children())
    assert told(demo, "pool_grow", n=1)["reply"] in ({"ok": "pool will grow"}, None)  # None: done, and told too late
    wait_for(lambda: len(heavy().children()) == before + 1, "a process more", 30)
    wait_for(lambda: told(demo, "pool_restart")["reply"] == {"ok": "reload started"}, "the start of a reload", 60)


def told(demo: Demo, command: str, **arguments: Any) -> dict[str, Any]:
    """What the worker answered; {} when it was too busy to."""
    order = {"command": command, "arguments": arguments, "destination": ["heavy@shop"]}
    answers = demo.post("/clusters/shop/commands", order)["item"]["answered"]
    return dict(answers[0]) if answers else {"ok": False, "reply": None}


def test_ctrl_c_ends_all_of_it_and_leaves_nothing(demo: Demo) -> None:
    assert demo.process
    family = [child.pid for child in psutil.Process(demo.process.pid).children(recursive=True)]
    assert len(family) >= 4
    for _ in range(2):  # as who starts it may pass on what the whole group got
        os.kill(demo.process.pid, signal.SIGINT)
    wait_for(lambda: demo.process and demo.process.ended, "the end of the demo", 30)
    assert "Traceback" not in demo.process.output
    wait_for(lambda: not [pid for pid in family if psutil.pid_exists(pid)], "the end of every process", 30)
    assert [path.name for path in demo.folder.iterdir()] == ["demo.out"]  # which is ours


def test_a_taken_port_is_said_and_the_next_one_used(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [
            str(MEADOW),
            "all",
            "--broker",
            "memory://",
            "--port",
            str(port),
            "--data-dir",
            str(tmp_path / "data"),
        ]
        process = Process(command, tmp_path / "meadow.out", cwd=tmp_path)
        try:
            process.wait_until_says(READY, within_s=60)
            assert f"Port {port} is taken; using " in process.output
        finally:
            process.stop()


def test_it_starts_while_a_broker_is_down_and_says_so(tmp_path: Path) -> None:
    meadow = Meadow(tmp_path, {"away": Broker(f"redis://:s3cret@127.0.0.1:{free_port()}/0")}).start()
    try:
        wait_for(lambda: meadow.items("/clusters")[0]["problem"], "what is wrong with the broker", 30)
        cluster = meadow.items("/clusters")[0]
        assert (cluster["connected"], cluster["workers_online"]) == (False, 0)
        assert meadow.call("GET", "/readyz")["ready"]
        assert meadow.process
        assert "s3cret" not in meadow.process.output + cluster["problem"] + cluster["broker"]
    finally:
        meadow.stop()
