"""Settings into the services of a Meadow in one process."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from meadow.control.service import Control, ControlSettings
from meadow.core.guard import Guard, GuardSettings
from meadow.core.log import Log
from meadow.core.scope import Caller, Cluster, Permission, Tenant
from meadow.core.slugs import stable_id
from meadow.core.store import Store
from meadow.core.tokens import Tokens, load_or_make_secret
from meadow.deploy.adapters import embedded_log, embedded_store, source, wire
from meadow.deploy.http import HttpService
from meadow.deploy.readiness import checks
from meadow.deploy.service import Service
from meadow.deploy.settings import Settings
from meadow.ingest.audit import Audit
from meadow.ingest.collector import Collector, CollectorSettings
from meadow.ingest.pipeline import PipelineSettings
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
    log = await embedded_log(settings)
    try:
        store = await embedded_store(settings)
        try:
            yield _services(settings, log, store)
        finally:
            await store.close()
    finally:
        await log.close()


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
