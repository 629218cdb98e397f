"""`meadow check`: tries every connection it is given the settings of, and says what is wrong and how to mend it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from meadow.core.errors import MeadowError
from meadow.core.scope import Cluster
from meadow.deploy.adapters import source
from meadow.deploy.check_servers import clickhouse_answers, kafka_answers, registry_read
from meadow.deploy.clusters import directory, seeds
from meadow.deploy.names import Tables
from meadow.deploy.process import log_nothing
from meadow.deploy.roles import clickhouse, kafka, secret
from meadow.ingest.source import Source

WITHIN_S = 8.0
AT_ONCE = 20  # brokers
KAFKA = "kafka"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and what is wrong with it; "" when all is well."""

    what: str
    detail: str
    problem: str = ""


def check_all(tables: Tables, given: Mapping[str, Any]) -> int:
    """The exit status: 0 when all is well, 1 when something is not. Nothing is taken from a queue for good."""
    log_nothing()
    named = [seeds(given["tenant"], given["broker"], tables.clusters)]
    named += [seeds(tenant, (), clusters) for tenant, clusters in tables.tenants.items()]
    clusters = [cluster for one in named for cluster in directory(one).clusters]
    servers = bool(given["kafka"] or given["clickhouse"] or given["secret"] or given["secret_file"])
    findings = [] if servers else [_folder(given["data_dir"])]
    if not clusters and not servers:
        mend = "Name at least one: --broker shop=amqp://user:password@host/vhost"
        findings.append(Finding("clusters", "none", mend))
    findings += asyncio.run(_everything(given, clusters))
    for finding in findings:
        _say(finding)
    return int(any(finding.problem for finding in findings))


def _say(finding: Finding) -> None:
    click.echo(f"{'wrong' if finding.problem else 'ok':<6} {finding.what}: {finding.detail}")
    if finding.problem:
        click.echo(f"       {finding.problem}")


async def _everything(given: Mapping[str, Any], clusters: Sequence[Cluster]) -> list[Finding]:
    tries: list[Awaitable[Finding]] = []
    if given["secret"] or given["secret_file"]:
        tries.append(_tried("secret", "long enough", _secret(given)))
    if given["kafka"]:
        tries.append(_tried(KAFKA, given["kafka"], kafka_answers(kafka(given))))
    if given["clickhouse"]:
        tries.append(_tried("clickhouse", given["clickhouse"], clickhouse_answers(clickhouse(given))))
    findings = list(await asyncio.gather(*tries))
    registered: Sequence[Cluster] = ()
    if given["kafka"] and not any(finding.what == KAFKA and finding.problem for finding in findings):
        finding, registered = await _registry(given)
        findings.append(finding)
    return findings + await _brokers([*clusters, *registered], given["tenant"])


async def _registry(given: Mapping[str, Any]) -> tuple[Finding, Sequence[Cluster]]:
    key = "by its key" if given["registry_key"] else "without a key, so no broker is tried"
    try:
        told, clusters = await registry_read(kafka(given), given["registry_key"])
    except MeadowError as error:
        return Finding("registry", key, str(error)), ()
    return Finding("registry", f"{told}, {key}"), clusters


async def _brokers(clusters: Sequence[Cluster], home: str) -> list[Finding]:
    """home: the tenant whose clusters go by their own name alone."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn(cluster: Cluster) -> Finding:
        mine = cluster.tenant.slug == home
        async with turns:
            return await _broker(cluster, cluster.slug if mine else f"{cluster.tenant.slug}/{cluster.slug}")

    return list(await asyncio.gather(*map(in_turn, clusters)))


async def _tried(what: str, where: str, trying: Awaitable[str]) -> Finding:
    try:
        return Finding(what, f"{where}, {await trying}")
    except MeadowError as error:
        return Finding(what, where, str(error))


async def _secret(given: Mapping[str, Any]) -> str:
    return f"{len(secret(given))} bytes"


def _folder(given: Path) -> Finding:
    """Whether the folder, or the nearest one above that is there, can be written."""
    path = given.expanduser().resolve()
    there = next(one for one in (path, *path.parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return Finding("data folder", str(path))
    except OSError as error:
        mend = f"{there} cannot be written: {error.strerror}. Choose another with --data-dir."
        return Finding("data folder", str(path), mend)


async def _broker(cluster: Cluster, name: str) -> Finding:
    """Listens as the collector would, until it is connected or knows why not."""
    what, where = f"cluster {name}", cluster.connection.masked
    try:
        listening = source(cluster)
    except MeadowError as error:
        return Finding(what, where, str(error))
    reading = asyncio.create_task(_listen(listening))
    try:
        async with asyncio.timeout(WITHIN_S):
            while not listening.state.connected and not listening.state.problem:  # noqa: ASYNC110 - a state, not an event
                await asyncio.sleep(0.05)
        return Finding(what, where, listening.state.problem)
    except TimeoutError:
        return Finding(what, where, f"No answer within {WITHIN_S:.0f} s.")
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        await listening.close()


async def _listen(listening: Source) -> None:
    async for _ in listening.batches():
        await asyncio.Event().wait()  # the first batch is held and given back: nothing is acknowledged
