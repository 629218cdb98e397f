"""What every Meadow process does with itself: how it is asked to end, what it logs, its memory."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from meadow.deploy.logging_format import formatter

ECHO_S = 1.0  # away from a terminal uv passes on a Ctrl-C that the whole group got already: one is heard twice
QUIET = ("aiormq", "aiohttp.access", "kombu", "amqp", "asyncio", "aiokafka", "clickhouse_connect")


def asked_to_stop() -> asyncio.Event:
    """Is set by SIGINT or SIGTERM. One that comes ECHO_S later ends the process as it is."""
    asking = Asking(asyncio.Event())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asking)
    return asking.stopped


@dataclass
class Asking:
    """What a signal does: the first sets `stopped`. now_s: a clock that never goes back."""

    stopped: asyncio.Event
    now_s: Callable[[], float] = time.monotonic
    _since_s: float = 0.0

    def __call__(self) -> None:
        if not self.stopped.is_set():
            self._since_s = self.now_s()
            self.stopped.set()
        elif self.now_s() - self._since_s >= ECHO_S:  # asked again: the person means it
            os._exit(130)


def for_many_rows() -> None:
    """Many rows live for a moment: Python's default looks at them again and again."""
    gc.set_threshold(50_000, 20, 50)


def log_nothing() -> None:
    """For a command that tells by its own lines what is wrong: unless somebody set logging up, Python would print what
    libraries warn of between them."""
    logging.basicConfig(handlers=[logging.NullHandler()])


def configure_logging(level: str, form: str, node: str = "") -> None:
    """Replaces what was configured before. node: named in every line of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(form, node))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING if level != "debug" else logging.DEBUG)
