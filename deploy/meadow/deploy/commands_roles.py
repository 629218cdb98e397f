"""The processes of a Meadow on many machines, a command each."""

from __future__ import annotations

from typing import Any

import click

from meadow.deploy import options_servers as servers


@click.command()
@servers.WEB
def web(**given: Any) -> None:
    """Serves the page, signs people in, and forwards /api/v1 to query and control. Needs neither Kafka nor ClickHouse."""
    from meadow.deploy.gunicorn import serve

    serve("web", given)


COMMANDS = (web,)
