"""What every Meadow process does with itself: how it is asked to end, what it logs, its memory."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys

from meadow.deploy.logging_format import formatter

QUIET = ("aiormq", "aiohttp.access", "kombu", "amqp", "asyncio", "aiokafka", "clickhouse_connect")


def asked_to_stop() -> asyncio.Event:
    """Is set by SIGINT or SIGTERM. A second one ends the process as it is."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _ask_to_stop, stopped)
    return stopped


def _ask_to_stop(stopped: asyncio.Event) -> None:
    if stopped.is_set():  # asked twice: the person means it
        os._exit(130)
    stopped.set()


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
