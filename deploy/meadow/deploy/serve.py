"""Runs a Meadow in one process until it is asked to stop, and prints where to open it."""

from __future__ import annotations

import asyncio
import sys

import click

from meadow.deploy.assemble import Embedded, embedded
from meadow.deploy.process import asked_to_stop, configure_logging, for_many_rows
from meadow.deploy.service import run_all
from meadow.deploy.settings import Settings

STOP_WITHIN_S = 1.2  # of each service; most end at once


def serve(settings: Settings, log_level: str, log_format: str) -> None:
    """Blocks until SIGINT or SIGTERM, or until a part fails for good; then raises what failed."""
    configure_logging(log_level, log_format)
    for_many_rows()
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stopped = asked_to_stop()
    async with embedded(settings) as meadow:
        meadow.http.on_ready = lambda url: _greet(settings, meadow, url)
        await run_all(meadow.services, stopped, stop_within_s=STOP_WITHIN_S)


def _greet(settings: Settings, meadow: Embedded, url: str) -> None:
    port = int(url.rpartition(":")[2].rstrip("/"))
    if port != settings.port:
        click.echo(f"Port {settings.port} is taken; using {port}.")
    names = ", ".join(cluster.slug for cluster in meadow.registry.directory.clusters) or "no cluster yet"
    click.echo(f"Meadow watches {names}. Open this once; it signs this browser in:\n\n    {meadow.sign_in_url(url)}\n")
    click.echo(f"A token for scripts: meadow token --data-dir {settings.data_dir}")
    click.echo("Ctrl-C ends it.")
    sys.stdout.flush()
