"""`meadow replay`: its options, its progress, and what it says at the end or when it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from meadow.core.errors import BadSettings
from meadow.core.log import Log
from meadow.core.slugs import checked_slug, stable_id
from meadow.core.store import Store
from meadow.core.times import ACCEPTS, read_ms
from meadow.deploy.process import asked_to_stop
from meadow.ingest.counts import DeadReason
from meadow.ingest.pipeline import PipelineSettings
from meadow.ingest.replay.alone import writing_alone
from meadow.ingest.replay.lane import Lane, Reach, ReplaySettings, Report
from meadow.ingest.replay.replay import What
from meadow.ingest.replay.replay import replay as run_replay
from meadow.ingest.stages.redact import RedactSettings

LINE_EVERY_S = 5.0
AHEAD_S = 2 * 86_400.0  # a worker's clock is believed up to the end of the next day
Opened = Callable[[], AbstractAsyncContextManager[tuple[Log, Store, Store]]]  # the last sees every shard


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. alone: no writer of this Meadow runs, so the replay brings its own."""

    what: What
    reach: Reach
    settings: ReplaySettings
    alone: bool


def order(what: str, given: Mapping[str, Any], *, alone: bool, shard: tuple[int, int] = (0, 1)) -> Order:
    """From the options of `options_replay` and of redaction, under their names.

    Raises BadSettings for what is no time, no name, or an empty range.
    """
    now_s = time.time()
    since_s = _time_s("--from", given["from"], now_s)
    until_s = _time_s("--to", given["to"], now_s) if given["to"] else now_s + AHEAD_S
    if since_s >= until_s:
        raise BadSettings("--from must be before --to.")
    if given["cluster"] and not given["tenant"]:
        raise BadSettings("--cluster needs --tenant: clusters of two tenants may have one name.")
    tenant = stable_id(checked_slug(given["tenant"])) if given["tenant"] else 0
    clusters = frozenset(stable_id(checked_slug(slug)) for slug in given["cluster"])
    redact = RedactSettings(enabled=given["redact"], extra_keys=tuple(given["redact_key"]))
    settings = ReplaySettings(
        rows_per_s=given["rows_per_second"],
        shard=shard,
        pipeline=PipelineSettings(redact=redact),
        reasons=frozenset(map(DeadReason, given["reason"])),
    )
    return Order(What(what), Reach(since_s, until_s, tenant, clusters), settings, alone)


def _time_s(flag: str, text: str, now_s: float) -> float:
    try:
        return read_ms(text, now_s) / 1000
    except ValueError:
        raise BadSettings(f"{flag} takes a time: {ACCEPTS}.") from None


def run(order: Order, opened: Opened) -> int:
    """Blocks until it is done or asked to stop; answers the exit status. Raises what stopped it, once it has said where to
    go on."""
    report = Report()
    try:
        stopped = asyncio.run(_run(order, opened, report))
    except Exception:
        _say_where(report)
        raise
    if stopped:
        _say_where(report)
    _say_counts(report)
    return 130 if stopped else 0


async def _run(order: Order, opened: Opened, report: Report) -> bool:
    """Whether it was stopped."""
    stop = asyncio.create_task(asked_to_stop().wait())
    replaying = asyncio.create_task(replay(order, opened, report))
    await asyncio.wait([stop, replaying], return_when=asyncio.FIRST_COMPLETED)
    stopped = not replaying.done()
    stop.cancel()
    replaying.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await replaying
    return stopped


async def replay(order: Order, opened: Opened, report: Report) -> Report:
    """Opens the log and the store, replays, closes them. The report is right at any moment, also after a failure."""
    async with AsyncExitStack() as stack:
        log, store, everywhere = await stack.enter_async_context(opened())
        if order.alone:
            await stack.enter_async_context(writing_alone(log, store))
        progress = stack.enter_context(_progress())
        lane = Lane(order.settings, report, progress)
        await run_replay(order.what, store, log, order.reach, lane, everywhere=everywhere)
    return report


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[Report], None]]:
    """A bar on a terminal; elsewhere a line now and then."""
    bar = click.progressbar(length=1, label="replayed", file=sys.stderr)
    if not sys.stderr.isatty():
        yield _Lines()
        return

    def show(report: Report) -> None:
        bar.length = max(report.total, 1)
        bar.update(min(report.done, bar.length) - bar.pos)

    with bar:
        yield show


@dataclass(slots=True)
class _Lines:
    said_s: float = 0.0

    def __call__(self, report: Report) -> None:
        if time.monotonic() - self.said_s >= LINE_EVERY_S:
            self.said_s = time.monotonic()
            click.echo(f"replayed {report.done} of {report.total}", err=True)


def _say_where(report: Report) -> None:
    if report.resume_s is not None:
        at = datetime.fromtimestamp(int(report.resume_s), UTC).isoformat().replace("+00:00", "Z")
        click.echo(f"Not finished; everything before {at} is done. Go on with: --from {at}", err=True)


def _say_counts(report: Report) -> None:
    click.echo(f"rows read: {report.done} of {report.total}")
    for name, number in sorted(report.counts.items()):
        click.echo(f"{name.replace('_', ' ')}: {number}")
