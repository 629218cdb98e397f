"""What one does for a Meadow beside running it: migrate, replay, check, token."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from meadow.deploy import options, options_replay
from meadow.deploy import options_servers as servers
from meadow.deploy.names import Tables


@click.command(short_help="Makes topics and tables, and names the file's clusters.")
@servers.MIGRATE
@click.pass_obj
def migrate(tables: Tables, /, **given: Any) -> None:
    """Makes Kafka's topics and ClickHouse's tables, and adds the file's tenants and clusters to the registry. Repeating it
    changes nothing."""
    from meadow.deploy.migrate import migrate_of, run

    run(migrate_of(given, tables), given["log_level"], given["log_format"])


@click.command(short_help="Brings in again what is kept: events, log or dead letters.")
@options_replay.REPLAY
@options.DATA_DIR
@servers.KAFKA
@servers.CLICKHOUSE
@servers.SHARD
@options.REDACTION
@options.LOGGING
def replay(**given: Any) -> None:
    """Brings in again what is kept already: tasks from the `events`, everything from the `log`, or the `dead-letters`.

    With --kafka and --clickhouse beside the writers that run; else in the data folder of a Meadow that does not. Repeating it
    changes nothing.
    """
    from meadow.deploy.replay_opened import replay as run

    sys.exit(run(given))


@click.command(short_help="Tries every connection; says what is wrong and how to mend it.")
@options.BROKER
@options.DATA_DIR
@options.TENANT
@servers.CHECK
@click.pass_obj
def check(tables: Tables, /, **given: Any) -> None:
    """Reads the settings, tries every connection and permission, prints what is wrong and how to mend it."""
    from meadow.deploy.check import check_all

    sys.exit(check_all(tables, given))


@click.command(short_help="Makes a token to sign in or to ask with.")
@options.DATA_DIR
@options.option("--tenant", default="default", help="Name of the tenant that it is of.")
@servers.SECRET
@click.option("--subject", default="token", show_default=True, help="Who the token speaks for, in the audit trail.")
@click.option(
    "--permission",
    multiple=True,
    callback=options.by_commas,
    help="What it allows, such as tasks:read; repeatable. [default: everything]",
)
@click.option(
    "--cluster",
    multiple=True,
    callback=options.by_commas,
    help="A cluster it is limited to; repeatable. [default: all]",
)
@click.option(
    "--hours",
    cls=options.Told,
    type=click.IntRange(1, 24 * 366),
    default=24,
    show_default=True,
    help="Hours that it holds.",
)
def token(
    data_dir: Path,
    tenant: str,
    secret: str,
    secret_file: Path | None,
    subject: str,
    permission: tuple[str, ...],
    **given: Any,
) -> None:
    """Mints an API token offline, by --secret or by that in --data-dir; printed alone on the last line, valid at once."""
    from meadow.deploy.roles import secret as secret_of
    from meadow.deploy.token import kept_secret, mint

    known = {"secret": secret, "secret_file": secret_file}
    found = secret_of(known) if secret or secret_file else kept_secret(data_dir.expanduser().resolve())
    click.echo(mint(found, tenant, subject, permission, given["cluster"], given["hours"] * 3600.0))


COMMANDS = (migrate, replay, check, token)
