"""`meadow check`: tries the data folder and every broker, and says what is wrong and how to mend it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from meadow.core.errors import MeadowError
from meadow.core.scope import Cluster, Directory
from meadow.deploy.adapters import source
from meadow.deploy.clusters import directory, seeds
from meadow.deploy.names import Tables
from meadow.ingest.source import Source

WITHIN_S = 8.0


def check_all(tables: Tables, given: Mapping[str, Any]) -> int:
    """The exit status: 0 when all is well, 1 when something is not. Nothing is taken from a queue for good."""
    watched = directory(seeds(given["tenant"], given["broker"], tables.clusters))
    apart = given["kafka"] or given["clickhouse"]
    problems = [] if apart else [_say("data folder", str(given["data_dir"]), _folder(given["data_dir"]))]
    if not watched.clusters and not apart:
        problems.append(_say("clusters", "none", "Name at least one: --broker shop=amqp://user:password@host/vhost"))
    problems += asyncio.run(_brokers(watched))
    return int(any(problems))


def _say(what: str, detail: str, problem: str) -> str:
    click.echo(f"{'wrong' if problem else 'ok':<6} {what}: {detail}")
    if problem:
        click.echo(f"       {problem}")
    return problem


def _folder(path: Path) -> str:
    """Whether the folder, or the nearest one above that is there, can be written."""
    path = path.expanduser().resolve()
    there = next(one for one in (path, *path.parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return f"{there} cannot be written: {error.strerror}. Choose another with --data-dir."


async def _brokers(directory: Directory) -> list[str]:
    found = await asyncio.gather(*(_broker(cluster) for cluster in directory.clusters))
    return [
        _say(f"cluster {c.slug}", c.connection.masked, problem)
        for c, problem in zip(directory.clusters, found, strict=True)
    ]


async def _broker(cluster: Cluster) -> str:
    """Listens as the collector would, until it is connected or knows why not."""
    try:
        listening = source(cluster)
    except MeadowError as error:
        return str(error)
    reading = asyncio.create_task(_listen(listening))
    try:
        async with asyncio.timeout(WITHIN_S):
            while not listening.state.connected and not listening.state.problem:  # noqa: ASYNC110 - a state, not an event
                await asyncio.sleep(0.05)
        return listening.state.problem
    except TimeoutError:
        return f"No answer within {WITHIN_S:.0f} s."
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        await listening.close()


async def _listen(listening: Source) -> None:
    async for _ in listening.batches():
        await asyncio.Event().wait()  # the first batch is held and given back: nothing is acknowledged
