"""Options of `meadow replay` that no other command has."""

from __future__ import annotations

import click

from meadow.core.times import ACCEPTS
from meadow.deploy.options import by_commas, every, option
from meadow.ingest.counts import DeadReason

WHAT = click.argument("what", type=click.Choice(["events", "log", "dead-letters"]))
REPLAY = every(
    WHAT,
    click.option(
        "--from",
        default="1970-01-01",
        show_default="all that is kept",
        metavar="TIME",
        help=f"Where to begin: {ACCEPTS}.",
    ),
    click.option(
        "--to",
        default="",
        show_default="all that is there",
        metavar="TIME",
        help="Where to end, not included; as --from.",
    ),
    click.option("--tenant", default="", help="Only this tenant. [default: every one]"),
    click.option(
        "--cluster",
        multiple=True,
        callback=by_commas,
        help="Only this cluster of the tenant; repeatable. [default: every one]",
    ),
    click.option(
        "--reason",
        multiple=True,
        type=click.Choice([str(reason) for reason in DeadReason]),
        help="Only dead letters of this reason; repeatable. [default: every one]",
    ),
    option(
        "--rows-per-second",
        type=click.FloatRange(min=0, min_open=True, max=1e9),
        default=5_000.0,
        help="Rows a second at most, so that live events do not wait for it.",
    ),
)
