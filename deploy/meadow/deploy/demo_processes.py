"""The demo's Celery processes: started together, ended together, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

APP = "meadow.deploy.demo_app"
END_WITHIN_S = 1.5  # then they are killed; the whole demo has 3 s to end

COMMANDS: tuple[Sequence[str], ...] = (
    ("-m", "celery", "-A", APP, "worker", "-n", "front@shop", "-Q", "default,mail", "-c", "2", "-l", "WARNING"),
    ("-m", "celery", "-A", APP, "worker", "-n", "heavy@shop", "-Q", "media,payments", "-c", "3", "-l", "WARNING"),
    ("-m", "celery", "-A", APP, "beat", "-l", "WARNING", "--pidfile="),
    ("-m", APP),
)


@contextmanager
def celery_processes(folder: Path, broker: str = "filesystem://") -> Iterator[None]:
    """Two workers, beat and a producer, by default on kombu's filesystem transport in `folder`; their output goes to files
    there."""
    for name in ("messages", "control", "processed", "results"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    processes = [_start(arguments, folder, number, broker) for number, arguments in enumerate(COMMANDS)]
    try:
        yield
    finally:
        _end(processes)


def _start(arguments: Sequence[str], folder: Path, number: int, broker: str) -> subprocess.Popen[bytes]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MEADOW_")}
    own = {"FOLDER": str(folder), "PARENT": str(os.getpid()), "BROKER": broker}
    environment |= {f"MEADOW_DEMO_{name}": value for name, value in own.items()}
    environment["TMPDIR"] = str(folder)  # what a killed pool leaves there goes with the folder
    with (folder / f"process-{number}.log").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # the terminal's Ctrl-C reaches only us: we end them once, in order
        )


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        _signal(process, signal.SIGTERM)
    deadline_s = time.monotonic() + END_WITHIN_S
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline_s - time.monotonic()))
    for process in processes:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    """To the whole session: a pool's children must not outlive their worker."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
