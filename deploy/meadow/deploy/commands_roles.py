"""The processes of a Meadow on many machines, a command each."""

from __future__ import annotations

from typing import Any

import click

from meadow.deploy import options_servers as servers


@click.command(short_help="One of many: collects, from brokers to Kafka.")
@servers.INGEST
def ingest(**given: Any) -> None:
    """Collects: from the brokers of the clusters that the registry and the other nodes leave to this one, to Kafka."""
    from meadow.deploy.roles import ingest_of
    from meadow.deploy.serve_role import run_ingest

    run_ingest(ingest_of(given), given["log_level"], given["log_format"])


@click.command(short_help="One of many: writes, from Kafka to ClickHouse.")
@servers.WRITE
def write(**given: Any) -> None:
    """Writes: from Kafka to ClickHouse, one of a group."""
    from meadow.deploy.roles import write_of
    from meadow.deploy.serve_role import run_write

    run_write(write_of(given), given["log_level"], given["log_format"])


@click.command(short_help="One of many: answers questions over HTTP.")
@servers.QUERY
def query(**given: Any) -> None:
    """Answers questions over HTTP, in several processes."""
    from meadow.deploy.gunicorn import serve

    serve("query", given)


@click.command(short_help="One of many: takes commands and changes over HTTP.")
@servers.CONTROL
def control(**given: Any) -> None:
    """Takes commands and changes of the registry over HTTP, in several processes."""
    from meadow.deploy.gunicorn import serve

    serve("control", given)


@click.command(short_help="One of many: serves the page, signs people in.")
@servers.WEB
def web(**given: Any) -> None:
    """Serves the page, signs people in, and forwards /api/v1 to query and control. Needs neither Kafka nor ClickHouse."""
    from meadow.deploy.gunicorn import serve

    serve("web", given)


COMMANDS = (ingest, write, query, control, web)
