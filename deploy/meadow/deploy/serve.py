"""Runs an assembled Meadow until it is asked to stop: signals, the printed URL, the order of ending."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys

import click

from meadow.deploy.assemble import Embedded, embedded
from meadow.deploy.service import run_all
from meadow.deploy.settings import Settings

STOP_WITHIN_S = 1.2  # of each service; most end at once
QUIET = ("aiormq", "aiohttp.access", "kombu", "amqp", "asyncio")


def serve(settings: Settings, log_level: str) -> None:
    """Blocks until SIGINT or SIGTERM, or until a part fails for good; then raises what failed."""
    _configure_logging(log_level)
    gc.set_threshold(50_000, 20, 50)  # many rows live for a moment: the default looks at them again and again
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _ask_to_stop, stopped)
    async with embedded(settings) as meadow:
        meadow.http.on_ready = lambda url: _greet(settings, meadow, url)
        await run_all(meadow.services, stopped, stop_within_s=STOP_WITHIN_S)


def _ask_to_stop(stopped: asyncio.Event) -> None:
    if stopped.is_set():  # asked twice: the person means it
        os._exit(130)
    stopped.set()


def _greet(settings: Settings, meadow: Embedded, url: str) -> None:
    port = int(url.rpartition(":")[2].rstrip("/"))
    if port != settings.port:
        click.echo(f"Port {settings.port} is taken; using {port}.")
    names = ", ".join(cluster.slug for cluster in settings.directory.clusters)
    click.echo(f"Meadow watches {names}. Open this once; it signs this browser in:\n\n    {meadow.sign_in_url(url)}\n")
    click.echo(f"A token for scripts: meadow token --data-dir {settings.data_dir}")
    click.echo("Ctrl-C ends it.")
    sys.stdout.flush()


def _configure_logging(level: str) -> None:
    logging.basicConfig(
        level=level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", force=True
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING if level != "debug" else logging.DEBUG)
