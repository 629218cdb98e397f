"""How an option of the command line is made, and those of a Meadow in one process: flag, variable, default and meaning."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from meadow.deploy import kinds

Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Command], Command]
HOST_NAME = re.compile(r"[A-Za-z0-9_.-]{1,253}|\[?[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\]?")


def option(flag: str, **attributes: Any) -> Callable[[Command], Command]:
    """A click option that reads `MEADOW_{NAME}` and shows it with its default, if that says anything."""
    name = flag.partition("/")[0].lstrip("-").replace("-", "_").upper()
    shown = attributes.get("default") != ""
    attributes.setdefault("cls", Told)
    return click.option(flag, envvar=f"MEADOW_{name}", show_envvar=True, show_default=shown, **attributes)


class Told(click.Option):
    """Says of a number or a truth that is none what it takes, which click does not."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Of a text of the command line or the environment. Raises click.BadParameter."""
        try:
            return super().type_cast_value(ctx, value)
        except click.BadParameter:
            if kinds.any_text(self.type) or isinstance(self.type, click.Choice):
                raise  # click tells those: what the folder is, which words there are
            told = f"it takes {kinds.taken(self)}, not {kinds.named(value, shown=True)}."
            raise click.BadParameter(told, ctx, self) from None


class EmptyCounts(click.Option):
    """For an option of one text whose empty value says something: click takes an empty variable for one that is not set, and
    so would put the default in its place."""

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """Of its one variable."""
        return os.environ.get(str(self.envvar))


def every(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """These options as one decorator, shown in this order."""

    def decorate(command: Command) -> Command:
        for one in reversed(options):
            command = one(command)
        return command

    return decorate


def by_commas(context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> tuple[str, ...]:
    """For options that repeat: `a,b` is the same as a and b."""
    texts = [given] if isinstance(given, str) else given
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


def host_names(context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> tuple[str, ...]:
    """As by_commas. Raises click.BadParameter for an origin or a pattern: it would never be what a browser sends."""
    names = by_commas(context, parameter, given)
    for name in names:
        if not HOST_NAME.fullmatch(name):
            mend = "give the name alone, without scheme, port and path, such as meadow.example.com"
            raise click.BadParameter(f"{name!r} is no host name: {mend}.", context, parameter)
    return names


DATA_DIR = option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("meadow-data"),
    help="Folder of the embedded log, the store and the signing secret; one process at a time.",
)
TENANT = option("--tenant", default="default", help="Name of the tenant that the clusters named here belong to.")
BROKER = option(
    "--broker",
    multiple=True,
    metavar="[NAME=]URL",
    help="A cluster to watch, as Celery takes its URL; repeat for more. NAME is a-z, 0-9 and -, `default` unless given.",
)
LOGGING = every(
    option(
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        default="info",
        help="What is written to standard error: this, and what is worse.",
    ),
    option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        help="Lines for people, or one JSON object a line.",
    ),
)
HOST = option("--host", default="127.0.0.1", help="Address to listen on.")
ALLOWED_HOST = option(
    "--allowed-host",
    multiple=True,
    callback=host_names,
    help="A host name, without port, that browsers may use besides loopback; repeatable.",
)
TRUSTED_PROXY = option(
    "--trusted-proxy",
    multiple=True,
    metavar="CIDR",
    callback=by_commas,
    help="A network of proxies whose X-Forwarded-For is believed; repeatable. [default: none]",
)
DAYS = click.IntRange(1, 3650)
RETENTION = every(
    option("--events-days", type=DAYS, default=60, help="Days that events are kept."),
    option("--tasks-days", type=DAYS, default=90, help="Days that tasks are kept."),
    option("--dead-letters-days", type=DAYS, default=30, help="Days that undecodable messages are kept."),
)
REDACT_KEY = option(
    "--redact-key", multiple=True, callback=by_commas, help="One more key whose value is a secret; repeatable."
)
REDACTION = every(
    option("--redact/--no-redact", default=True, help="Take secrets out of arguments, results and tracebacks."),
    REDACT_KEY,
)
INSPECT_EVERY = option(
    "--inspect-every",
    type=click.IntRange(0, 86_400),
    default=60,
    help="Seconds between two looks at the workers of each cluster, at what they are and listen to; 0 for none.",
)

LOG_BYTES = option(
    "--log-bytes",
    type=click.IntRange(min=16_000_000),
    default=2_000_000_000,
    help="Bytes of the embedded log; read blocks beyond it are deleted, oldest first.",
)


def port(default: int, help_text: str) -> Callable[[Command], Command]:
    """`--port` of one command."""
    return option("--port", type=click.IntRange(1, 65535), default=default, help=help_text)


SERVING = every(
    TENANT,
    HOST,
    port(5555, "Port; if taken, the next free one is used."),
    ALLOWED_HOST,
    TRUSTED_PROXY,
    RETENTION,
    LOG_BYTES,
    REDACTION,
    INSPECT_EVERY,
    LOGGING,
)
