"""The command line: `meadow all | demo | check | token`. Heavy modules are imported by the command that needs them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from meadow.core.errors import BadSettings, MeadowError
from meadow.core.scope import Directory
from meadow.deploy import names, options


class Refusing(click.Group):
    """Says a refusal as one line and ends with 2, instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MeadowError as error:
            click.echo(f"meadow: {error}", err=True)
            sys.exit(2)


@click.group(cls=Refusing, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), envvar="MEADOW_CONFIG", show_envvar=True,
    help="TOML file of options, under their names with _ for -, and [clusters.NAME] tables. [default: meadow.toml]",
)  # fmt: skip
@click.version_option(version("meadow"), prog_name="meadow")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Watches Celery clusters, keeps what they said, answers questions about it and sends commands back.

    Every option is read from its flag, else its MEADOW_ variable, else the file, else its default.
    """
    parameters = [parameter for command in main.commands.values() for parameter in command.params]
    names.environment({"MEADOW_CONFIG", *(str(p.envvar) for p in parameters if p.envvar)})
    path = config or Path("meadow.toml")
    if config is None and not path.exists():
        ctx.obj = {}
        return
    content, ctx.obj = names.read_file(path, {p.name for p in parameters if p.name})
    ctx.default_map = {name: _known(command, content) for name, command in main.commands.items()}


def _known(command: click.Command, content: Mapping[str, Any]) -> dict[str, Any]:
    return {p.name: content[p.name] for p in command.params if p.name in content}


@main.command("all")
@options.BROKER
@options.serving
@click.pass_obj
def all_(tables: Mapping[str, Any], /, broker: tuple[str, ...], log_level: str, **given: Any) -> None:
    """Everything in one process: embedded log, embedded store, page and API. Starts even while a broker is down."""
    from meadow.deploy.clusters import directory

    watched = directory(given["tenant"], broker, tables)
    if not watched.clusters:
        raise BadSettings("Name at least one cluster: meadow all --broker shop=amqp://user:password@host/vhost")
    from meadow.deploy.serve import serve
    from meadow.deploy.settings import from_options

    serve(from_options(watched, given), log_level)


@main.command()
@options.serving
def demo(log_level: str, **given: Any) -> None:
    """`all`, watching a real Celery application that it starts in a temporary folder: two workers, beat, a producer."""
    from meadow.deploy.demo import run
    from meadow.deploy.settings import from_options

    run(from_options(Directory(()), given), log_level)


@main.command()
@options.BROKER
@options.DATA_DIR
@options.TENANT
@click.pass_obj
def check(tables: Mapping[str, Any], /, broker: tuple[str, ...], data_dir: Path, tenant: str) -> None:
    """Reads the settings, tries every connection and permission, prints what is wrong and how to mend it."""
    from meadow.deploy.check import check_all
    from meadow.deploy.clusters import directory

    sys.exit(check_all(directory(tenant, broker, tables), data_dir.expanduser().resolve()))


@main.command()
@options.DATA_DIR
@options.TENANT
@click.option("--subject", default="token", show_default=True, help="Who the token speaks for, in the audit trail.")
@click.option("--permission", multiple=True, help="What it allows; repeatable. [default: everything]")
@click.option("--cluster", multiple=True, help="A cluster it is limited to; repeatable. [default: all]")
@click.option("--hours", type=click.IntRange(1, 24 * 366), default=24, show_default=True, help="How long it holds.")
def token(
    data_dir: Path, tenant: str, subject: str, permission: tuple[str, ...], cluster: tuple[str, ...], hours: int
) -> None:
    """Mints an API token for the Meadow of --data-dir, offline; printed alone on the last line, valid at once."""
    from meadow.deploy.token import mint

    click.echo(mint(data_dir.expanduser().resolve(), tenant, subject, permission, cluster, hours * 3600.0))
