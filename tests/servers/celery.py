"""Starts real Celery workers as child processes, and gives tests a client application of the same broker."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers import celery_app
from tests.servers.processes import Process

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Broker:
    """Where a Celery application meets its workers: its URL, transport options and other Celery settings, JSON-ready."""

    url: str
    options: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def app(self) -> Any:
        """A client application with the tasks `tests.add`, `tests.fail`…; close it (`app.close()`)."""
        return celery_app.make_app(self.url, self.options, self.settings)


def filesystem_broker(folder: Path) -> Broker:
    """kombu's filesystem transport in `folder`: a broker without a server. Each side writes where the other reads."""
    for name in ("messages", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    messages = str(folder / "messages")
    options = {"data_folder_in": messages, "data_folder_out": messages, "control_folder": str(folder / "control")}
    return Broker("filesystem://", options)


def start_worker(
    broker: Broker,
    folder: Path,
    *,
    hostname: str = "w1@test",
    events: bool = True,
    pool: str = "threads",
    concurrency: int = 1,
    queues: Sequence[str] = (),
    arguments: Sequence[str] = (),
) -> Process:
    """`celery worker` of this broker; returns when it says it is ready. Its output: `{folder}/{hostname}.out`.

    events: start it with -E. pool: threads, prefork or solo. arguments: more of `celery worker`'s own.
    """
    command = [sys.executable, "-m", "celery", "-A", "tests.servers.celery_app", "worker", "--hostname", hostname]
    command += ["--pool", pool, "--concurrency", str(concurrency), "--loglevel", "INFO", *arguments]
    command += ["-E"] if events else []
    command += ["--queues", ",".join(queues)] if queues else []
    env = {
        celery_app.BROKER: broker.url,
        celery_app.OPTIONS: json.dumps(broker.options),
        celery_app.SETTINGS: json.dumps(broker.settings),
        "PYTHONPATH": str(ROOT),
        "C_FORCE_ROOT": "1",
    }
    worker = Process(command, folder / f"{hostname}.out", env, cwd=folder)
    worker.wait_until_says(f"{hostname} ready.", within_s=60)
    return worker
