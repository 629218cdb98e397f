"""Every option of the command line, once: flag, environment variable, default and meaning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def option(flag: str, **attributes: Any) -> Callable[[Command], Command]:
    """A click option that reads `MEADOW_{NAME}` and shows it with its default."""
    name = flag.partition("/")[0].lstrip("-").replace("-", "_").upper()
    return click.option(flag, envvar=f"MEADOW_{name}", show_envvar=True, show_default=True, **attributes)


DATA_DIR = option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("meadow-data"),
    help="Folder of the embedded log, the store and the signing secret; one process at a time.",
)
TENANT = option("--tenant", default="default", help="Name of the one tenant of an embedded Meadow.")
BROKER = option(
    "--broker",
    multiple=True,
    metavar="[NAME=]URL",
    help="A cluster to watch, as Celery takes its URL; repeat for more. NAME is a-z, 0-9 and -.",
)
LOG_LEVEL = option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    help="What is written to standard error.",
)
DAYS = click.IntRange(1, 3650)

SERVING = (
    option("--host", default="127.0.0.1", help="Address to listen on."),
    option("--port", type=click.IntRange(1, 65535), default=5555, help="Port; if taken, the next free one is used."),
    option("--allowed-host", multiple=True, help="A host name, besides loopback, that browsers may use; repeatable."),
    option("--events-days", type=DAYS, default=60, help="Days that events are kept."),
    option("--tasks-days", type=DAYS, default=90, help="Days that tasks are kept."),
    option("--dead-letters-days", type=DAYS, default=30, help="Days that undecodable messages are kept."),
    option(
        "--log-bytes",
        type=click.IntRange(min=16_000_000),
        default=2_000_000_000,
        help="Size of the embedded log; read blocks beyond it are deleted, oldest first.",
    ),
    option("--redact/--no-redact", default=True, help="Take secrets out of arguments, results and tracebacks."),
    option("--redact-key", multiple=True, help="One more key whose value is a secret; repeatable."),
)


def serving(command: Command) -> Command:
    """All options of a process that serves."""
    for decorate in reversed((DATA_DIR, TENANT, *SERVING, LOG_LEVEL)):
        command = decorate(command)
    return command
