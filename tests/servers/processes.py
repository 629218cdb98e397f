"""Runs one real server or worker as a child process: its output in a file, its end certain."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.servers.deadlines import wait_for

PORTS = range(
    15_000, 32_000
)  # none that the system gives to whoever connects: such a one may be taken before its server starts


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, and that no other run of the tests is given while this process lives."""
    return next(port for port in random.SystemRandom().sample(PORTS, len(PORTS)) if _claimed(port))


def _claimed(port: int) -> bool:
    """The claim is the name of a socket that belongs to no file: it goes with the process, however that ends."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0meadow-tests-{port}")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return False
    claim.detach()
    return True


def listens(port: int) -> bool:
    """Whether 127.0.0.1 accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """A child in a session of its own; `output` is what it has said so far, stderr included."""

    def __init__(
        self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> None:
        self.log = log
        self._begin = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def output(self) -> str:
        return self.log.read_bytes()[self._begin :].decode(errors="replace")

    @property
    def ended(self) -> bool:
        return self._child.poll() is not None

    def wait_until_says(self, text: str, within_s: float = 30.0) -> None:
        """Returns when the output holds `text`. Raises Late, or AssertionError with the output if it ended first."""
        wait_for(lambda: text in self.output or self.ended, f"{text!r} from {self.log}", within_s)
        assert text in self.output, f"ended before it said {text!r}:\n{self.output[-4000:]}"

    def kill(self) -> None:
        """SIGKILL to it and its children; returns when it is gone."""
        self._signal(signal.SIGKILL)
        self._child.wait()

    def stop(self, within_s: float = 15.0) -> None:
        """SIGTERM, then SIGKILL; its children end with it."""
        if not self.ended:
            self._child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(within_s)
        self.kill()

    def ask_to_end(self) -> None:
        """SIGTERM; returns at once."""
        self._child.terminate()

    def pause(self) -> None:
        """SIGSTOP to it and its children."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT to it and its children."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._child.pid, number)
        except ProcessLookupError:
            return


class Server:
    """What every server of the tests is to a test: one process, stopped, killed and paused. `start` sets `process`."""

    process: Process | None = None

    @property
    def runs(self) -> bool:
        return self.process is not None and not self.process.ended

    def stop(self, within_s: float = 15.0) -> None:
        """In order; kills what has not ended by then."""
        if self.process:
            self.process.stop(within_s)

    def kill(self) -> None:
        """kill -9, its children too; `start` brings it back with what it had on disk."""
        assert self.process
        self.process.kill()

    def pause(self) -> None:
        """It hangs, as on a machine that swaps; `resume` ends it."""
        assert self.process
        self.process.pause()

    def resume(self) -> None:
        assert self.process
        self.process.resume()
