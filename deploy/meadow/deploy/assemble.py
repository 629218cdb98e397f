"""Settings into services: the one module that names adapters. Modes are choices made here and nowhere else."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from meadow.control.service import Control, ControlSettings
from meadow.control.wire import Wire
from meadow.control.wires.amqp import AmqpWire
from meadow.control.wires.kombu import KombuWire
from meadow.control.wires.redis import RedisWire
from meadow.core.connections import AMQP_SCHEMES, REDIS_SCHEMES, Connection
from meadow.core.guard import Guard, GuardSettings
from meadow.core.log import Log
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.scope import Caller, Cluster, Permission, Tenant
from meadow.core.slugs import stable_id
from meadow.core.store import Store
from meadow.core.stores import retention
from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.migrations import migrate
from meadow.core.tokens import Tokens, load_or_make_secret
from meadow.deploy.http import HttpService
from meadow.deploy.readiness import checks
from meadow.deploy.service import Service
from meadow.deploy.settings import Settings
from meadow.ingest.audit import Audit
from meadow.ingest.collector import Collector, CollectorSettings
from meadow.ingest.pipeline import PipelineSettings
from meadow.ingest.source import Source
from meadow.ingest.sources.amqp import AmqpSource
from meadow.ingest.sources.kombu import KombuSource
from meadow.ingest.sources.redis import RedisSource
from meadow.ingest.stages.redact import RedactSettings
from meadow.ingest.writer import Writer
from meadow.query.service import Query
from meadow.query.settings import QuerySettings
from meadow.web.service import Web
from meadow.web.session import WebSettings


@dataclass(frozen=True, slots=True)
class Embedded:
    """Every service of a Meadow in one process, in the order they start; http comes last."""

    services: tuple[Service, ...]
    http: HttpService
    web: Web
    owner: Caller

    def sign_in_url(self, base: str) -> str:
        """A link that signs one browser in, once, with every permission."""
        return self.web.one_time_url(base, self.owner)


@asynccontextmanager
async def embedded(settings: Settings) -> AsyncIterator[Embedded]:
    """Opens the log and the store of the data folder, migrated; closes both at the end.

    Raises BadSettings when another process owns the folder, or it cannot be written.
    """
    settings.make_data_dir()
    log = await EmbeddedLog.open(settings.log_dir, EmbeddedLogSettings(bytes_max=settings.log_bytes))
    try:
        store = await ChdbStore.open(settings.store_dir)
        try:
            await migrate(store)
            await retention.keep(store, _retention(settings))
            yield _services(settings, log, store)
        finally:
            await store.close()
    finally:
        await log.close()


def _retention(settings: Settings) -> retention.RetentionSettings:
    return retention.RetentionSettings(
        events_days=settings.events_days,
        tasks_days=settings.tasks_days,
        dead_letters_days=settings.dead_letters_days,
    )


def _services(settings: Settings, log: Log, store: Store) -> Embedded:
    tenant = Tenant(stable_id(settings.tenant), settings.tenant)
    tenants: Mapping[str, Tenant] = {tenant.slug: tenant}
    tokens = Tokens(load_or_make_secret(settings.secret_file), lambda: tenants, time.time)
    node = f"{socket.gethostname()}-{os.getpid()}"
    writer = Writer(log, store)
    audit = Audit(store, writer)
    control = Control(log, store, lambda: settings.directory, wire, ControlSettings(), node)
    query = Query(store, log, lambda: settings.directory, QuerySettings(), declarations=control.operations())
    collectors = tuple(_collector(settings, cluster, log, node) for cluster in settings.directory.clusters)
    web = Web(tokens, WebSettings(), checks(log, store, writer, audit, collectors), now_s=time.time)
    guard = Guard(tokens, GuardSettings(bind=settings.host, hosts=frozenset(settings.allowed_hosts)))
    http = HttpService(guard.app((query, control, web)), settings.host, settings.port)
    owner = Caller("owner", tenant, frozenset(Permission))
    return Embedded((writer, audit, query, control, *collectors, http), http, web, owner)


def _collector(settings: Settings, cluster: Cluster, log: Log, node: str) -> Collector:
    redact = RedactSettings(enabled=settings.redact, extra_keys=settings.redact_keys)
    return Collector(cluster, source(cluster), log, CollectorSettings(PipelineSettings(redact=redact)), node)


def source(cluster: Cluster) -> Source:
    """The source that speaks the broker's protocol; whatever is neither AMQP nor Redis is kombu's to know."""
    connection = cluster.connection
    if connection.scheme in AMQP_SCHEMES:
        return AmqpSource(cluster.slug, connection)
    if connection.scheme in REDIS_SCHEMES:
        return RedisSource(connection)
    return KombuSource(connection)


def wire(connection: Connection) -> Wire:
    """The same choice for commands."""
    if connection.scheme in AMQP_SCHEMES:
        return AmqpWire(connection)
    if connection.scheme in REDIS_SCHEMES:
        return RedisWire(connection)
    return KombuWire(connection)
