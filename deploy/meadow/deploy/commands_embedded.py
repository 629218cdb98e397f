"""`meadow all` and `meadow demo`: a Meadow that is one process and needs no other server."""

from __future__ import annotations

from typing import Any

import click

from meadow.core.errors import BadSettings
from meadow.deploy import options
from meadow.deploy.names import Tables


@click.command("all", short_help="Everything in one process, which needs no other server.")
@options.BROKER
@options.DATA_DIR
@options.SERVING
@click.pass_obj
def all_(tables: Tables, /, broker: tuple[str, ...], log_level: str, log_format: str, **given: Any) -> None:
    """Everything in one process: embedded log, embedded store, page and API. Starts even while a broker is down."""
    from meadow.deploy.clusters import seeds
    from meadow.deploy.settings import from_options

    named = seeds(given["tenant"], broker, tables.clusters)
    settings = from_options(named, given["data_dir"], given)
    if tables.tenants:
        raise BadSettings("A Meadow in one process takes one tenant from its file; add others by its API.")
    if not named.clusters and not settings.registry_file.exists():
        raise BadSettings("Name at least one cluster: meadow all --broker shop=amqp://user:password@host/vhost")
    from meadow.deploy.serve import serve

    serve(settings, log_level, log_format)


@click.command(short_help="`all`, watching a real Celery application to look at.")
@options.SERVING
def demo(log_level: str, log_format: str, **given: Any) -> None:
    """`all`, watching a real Celery application that it starts in a temporary folder: two workers, beat, a producer."""
    from meadow.deploy.demo import run

    run(given, log_level, log_format)


COMMANDS = (all_, demo)
