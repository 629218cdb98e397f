"""The command line: `meadow COMMAND`. Heavy modules are imported by the command that needs them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from meadow.core.errors import BadQuestion, BadSettings, MeadowError
from meadow.deploy import commands_care, commands_embedded, commands_roles, kinds, names

FILE = Path("meadow.toml")


class Refusing(click.Group):
    """Says a refusal as one line instead of a traceback. Ends with 2 when what was asked is wrong, so that nobody tries it
    again; with 1 for what may be over the next time."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MeadowError as error:
            click.echo(f"meadow: {error}", err=True)
            sys.exit(2 if isinstance(error, (BadSettings, BadQuestion)) else 1)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order they were added, not of the alphabet."""
        return list(self.commands)


@click.group(cls=Refusing, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), envvar="MEADOW_CONFIG", show_envvar=True,
    help="TOML file of options, under their names with _ for -, and [clusters.NAME] tables. [default: meadow.toml]",
)  # fmt: skip
@click.version_option(package_name="meadow", prog_name="meadow")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Watches Celery clusters, keeps what they said, answers questions about it and sends commands back.

    Begin with `meadow demo`, or with `meadow all --broker amqp://user:password@host/vhost`.

    Every option is read from its flag, else its MEADOW_ variable, else the file, else its default.
    """
    read(ctx, config)


for command in (*commands_embedded.COMMANDS, *commands_roles.COMMANDS, *commands_care.COMMANDS):
    main.add_command(command)


def read(ctx: click.Context, config: Path | None) -> None:
    """The environment and the file, into what the commands take for their defaults. Raises BadSettings."""
    parameters = [parameter for command in main.commands.values() for parameter in command.params]
    names.environment({"MEADOW_CONFIG", *(str(p.envvar) for p in parameters if p.envvar)})
    ctx.obj = names.Tables()
    if config is None and not FILE.exists():
        return
    path = config or FILE
    content, ctx.obj = names.read_file(path, {p.name for p in parameters if p.name}, main.commands)
    ctx.default_map = {name: _known(name, content, path) for name in main.commands}


def _known(name: str, content: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """What the file says at its top, and in the table of this command, which goes before. Raises BadSettings."""
    known = {str(p.name): p for p in main.commands[name].params}
    own = content.get(name)
    if not isinstance(own, dict):  # of `query` and `control` also the addresses that `web` is given
        own = {}
    names.refuse_unknown(own, known, f"{path}: [{name}]")
    top = {key: value for key, value in content.items() if key in known and not isinstance(value, dict)}
    for where, values in ((f"{path}", top), (f"{path}: [{name}]", own)):
        for key, value in values.items():
            kinds.refuse_wrong(where, known[key], value)
    return {**top, **own}
