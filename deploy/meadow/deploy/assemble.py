"""Settings into the services of a Meadow in one process."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from meadow.control.registry.service import Registrations, RegistrySettings
from meadow.control.service import Control, ControlSettings
from meadow.core.appends import MeasuredLog
from meadow.core.guard import Guard, GuardSettings
from meadow.core.registry import Registry
from meadow.core.scope import Caller, Cluster, Permission, Tenant
from meadow.core.seal import Seal
from meadow.core.slugs import stable_id
from meadow.core.store import Store
from meadow.core.tokens import Tokens, load_or_make_secret
from meadow.deploy.adapters import alone, embedded_log, embedded_store, embedded_stream, kept, source, wire
from meadow.deploy.http import HttpService
from meadow.deploy.listener import Checks
from meadow.deploy.measured import of_registry
from meadow.deploy.metering import Metering
from meadow.deploy.readiness import audit_looks, brokers_told, log_answers, store_answers, writer_follows
from meadow.deploy.seeding import Seeded
from meadow.deploy.service import Service
from meadow.deploy.settings import Settings
from meadow.ingest.audit import Audit
from meadow.ingest.collector import Collector, CollectorSettings
from meadow.ingest.measured import of_audit, of_node, of_writer
from meadow.ingest.node import Node
from meadow.ingest.pipeline import PipelineSettings
from meadow.ingest.stages.redact import RedactSettings
from meadow.ingest.writer import Writer
from meadow.query.service import Query
from meadow.query.settings import QuerySettings
from meadow.web.offers import OFFERS as SESSIONS
from meadow.web.service import Web
from meadow.web.session import WebSettings

NODE = f"{socket.gethostname()}-{os.getpid()}"  # another one at every start


@dataclass(frozen=True, slots=True)
class Embedded:
    """Every service of a Meadow in one process, in the order they start; http comes last."""

    services: tuple[Service, ...]
    http: HttpService
    web: Web
    registry: Registry
    owner: Caller

    def sign_in_url(self, base: str) -> str:
        """A link that signs one browser in, once, with every permission."""
        return self.web.one_time_url(base, self.owner)


@asynccontextmanager
async def embedded(settings: Settings) -> AsyncIterator[Embedded]:
    """Opens the log, the store and the registry of the data folder, migrated; closes them at the end.

    Raises BadSettings when another process owns the folder, or it cannot be written.
    """
    settings.make_data_dir()
    async with AsyncExitStack() as stack:
        log = await embedded_log(settings.log_dir, settings.log_bytes)
        stack.push_async_callback(log.close)
        store = await embedded_store(settings.store_dir)
        stack.push_async_callback(store.close)
        await kept(store, settings.retention)
        registry = await _registry(settings)
        stack.push_async_callback(registry.stop)
        yield _services(settings, log, store, registry)


async def _registry(settings: Settings) -> Registry:
    seal = Seal([load_or_make_secret(settings.registry_key_file).decode()])
    return Registry(await embedded_stream(settings.registry_file), seal)


def _services(settings: Settings, log: MeasuredLog, store: Store, registry: Registry) -> Embedded:
    tokens = Tokens(load_or_make_secret(settings.secret_file), registry.tenants, time.time)
    writer = Writer(log, store)
    audit = Audit(store, writer)
    rules = ControlSettings(inspect_every_s=settings.inspect_every_s, secret_keys=settings.redact_keys)
    control = Control(log, store, lambda: registry.directory, wire, rules, NODE)
    operator = settings.seeds.tenant
    registrations = Registrations(registry, log, wire, RegistrySettings(operator=operator), NODE)
    declared = (*control.operations(), *registrations.operations(), *SESSIONS)
    query = Query(store, log, lambda: registry.directory, QuerySettings(), declarations=declared)
    ownership = alone()
    node = Node(lambda: registry.directory, ownership, lambda cluster: _collector(settings, cluster, log))
    registry.on_change(node.wake)
    web = Web(tokens, WebSettings(), _checks(log, store, writer, audit, node), now_s=time.time)
    guard = Guard(tokens, GuardSettings(settings.host, frozenset(settings.allowed_hosts), proxies=settings.proxies))
    metering = Metering(operator=operator)
    metering.meters.watch(
        query.readings,
        control.readings,
        log.appends.readings,
        lambda: of_node(node, ownership),
        lambda: of_writer(writer),
        lambda: of_audit(audit),
        lambda: of_registry(registry),
    )
    app = guard.app((metering.part, query, registrations, control, web), around=[metering.requests.count])
    http = HttpService(app, settings.host, settings.port)
    owner = Caller("owner", Tenant(stable_id(operator), operator), frozenset(Permission))
    seeded = Seeded(registry, settings.seeds)
    return Embedded((seeded, writer, audit, query, control, node, ownership, http), http, web, registry, owner)


def _collector(settings: Settings, cluster: Cluster, log: MeasuredLog) -> Collector:
    redact = RedactSettings(enabled=settings.redact, extra_keys=settings.redact_keys)
    return Collector(cluster, source(cluster), log, CollectorSettings(PipelineSettings(redact=redact)), NODE)


def _checks(log: MeasuredLog, store: Store, writer: Writer, audit: Audit, node: Node) -> Checks:
    """Log, store and writer must work. A broker that is away is told, and does not make Meadow unready."""
    always = {
        "log": log_answers(log),
        "store": store_answers(store),
        "writer": writer_follows(lambda: writer),
        "audit": audit_looks(lambda: audit),
    }
    return Checks(always, brokers_told(node, lambda tenant, cluster: f"cluster {cluster}"))
