"""Prints docs/settings.md from the command line's options: `python -m meadow.deploy.settings_document > docs/settings.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from meadow.deploy.main import main

HEAD = """# Settings

Printed from the command line's options by `python -m meadow.deploy.settings_document`; a test compares the two.

**Where a setting comes from.** Its flag, else its variable, else the file, else its default. A name that nobody knows is
refused, with the nearest one that is known, wherever it stands. The file is `meadow.toml` in the working directory, or that
of `--config` (`MEADOW_CONFIG`); there a setting goes by its flag's name with `_` for `-`, and takes a value of its own kind: a
port is a number, a password a text, also one of digits. A table named after a command holds what is for that command alone,
and goes before what stands at the top:

```toml
kafka = "kafka-1:9092,kafka-2:9092"
clickhouse = "http://clickhouse:8123"

[query]
port = 8080
```

**Clusters.** `[clusters.NAME]` tables name what to watch, of the tenant of `--tenant`; `[tenants.NAME.clusters.NAME]` those
of other tenants, for `meadow migrate`. `meadow all` takes them at every start; on many machines `meadow migrate` brings them
into the registry. What a person changed by the API stays as it was changed there. Keys of such a table: `url`, and Celery's
own `event_exchange`, `control_exchange`, `global_keyprefix`, `fanout_prefix`, `fanout_patterns`, `transport_options`;
`enable_events`, whether workers without `-E` are asked for their events; `holders`, how many ingest nodes collect it at once.

**TLS to a broker** is asked for by `amqps://` and `rediss://`, or by any of these in the URL's query or among
`transport_options`, which `broker_use_ssl` names the same for Redis: `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile` (PEM files
on the machines of ingest and control), `ssl_cert_reqs` (`required` where it is not given, or `none`), `ssl_check_hostname`
(`true`, or `false`).
Sentinels have theirs in `sentinel_kwargs`, as JSON:

```toml
[clusters.shop]
url = "sentinel://:password@sentinel-1:26379/0;sentinel://sentinel-2:26379/0"

[clusters.shop.transport_options]
master_name = "mymaster"
ssl_ca_certs = "/etc/meadow/redis-ca.pem"
sentinel_kwargs = '{"ssl": true, "ssl_ca_certs": "/etc/meadow/redis-ca.pem"}'
```

**Secrets** are better given by variables, which other users of the machine cannot read. `--registry-key` takes several, apart
by commas: the first seals, all of them open. To rotate it: put the new one first everywhere, run `meadow migrate`, drop the
old one.

**Several values.** Settings that repeat take commas in a variable and a list in the file; `--broker` takes spaces in a
variable.
"""
TABLE = """
| setting | commands | variable | default | meaning |
| --- | --- | --- | --- | --- |
"""


def document() -> str:
    """The whole file."""
    commands = "".join(f"| `meadow {one.name}` | {_one_line(one.help or '')} |\n" for one in main.commands.values())
    rows: dict[tuple[str, ...], list[str]] = {}
    for command in main.commands.values():
        for option in _options(command):
            rows.setdefault(_row(option), []).append(str(command.name))
    settings = "".join(_line(row, names) for row, names in rows.items())
    return f"{HEAD}\n## Commands\n\n| command | what it does |\n| --- | --- |\n{commands}\n## Every setting\n{TABLE}{settings}"


def _options(command: click.Command) -> Iterator[click.Option]:
    return (parameter for parameter in command.params if isinstance(parameter, click.Option))


def _line(row: tuple[str, ...], commands: Sequence[str]) -> str:
    flag, *rest = row
    return f"| {' | '.join([flag, ', '.join(commands), *rest])} |\n"


def _row(option: click.Option) -> tuple[str, ...]:
    """The same for the commands that share it."""
    flag = "<br>".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    variable = f"`{option.envvar}`" if option.envvar else "–"
    return f"{flag}{_kind(option)}", variable, _default(option), _one_line(option.help or "")


def _kind(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return " " + ", ".join(map(str, option.type.choices))
    return "" if option.is_flag else f" {option.metavar or option.type.name.split()[0].upper()}"


def _default(option: click.Option) -> str:
    shown: Any = option.show_default if isinstance(option.show_default, str) else option.default
    if option.secondary_opts:
        shown = (option.opts if option.default else option.secondary_opts)[0]
    return f"`{shown}`" if shown and isinstance(shown, str | int | float | Path) else "–"


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    print(document(), end="")
