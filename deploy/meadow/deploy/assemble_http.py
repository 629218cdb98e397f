"""Settings into what one process of query, control or web hosts."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from meadow.control.offers import OFFERS
from meadow.control.registry.offers import OFFERS as REGISTRY_OFFERS
from meadow.control.registry.service import Registrations, RegistrySettings
from meadow.control.service import Control, ControlSettings
from meadow.core.errors import LogUnavailable
from meadow.core.guard import Guard, GuardSettings
from meadow.core.kafka import KafkaConnection
from meadow.core.registry import Registry
from meadow.core.scope import Directory, Tenant
from meadow.core.seal import Seal
from meadow.core.store import Store
from meadow.core.tokens import Tokens
from meadow.deploy import roles
from meadow.deploy.adapters import claims_stream, clickhouse_store, kafka_log, kafka_stream, wire
from meadow.deploy.listener import Checks, Probes
from meadow.deploy.measured import of_log, of_registry
from meadow.deploy.metering import Metering
from meadow.deploy.opening import CountedLog, Opening, OpeningLog, OpeningStore
from meadow.deploy.readiness import claims_known, log_answers, registry_known, store_answers, told_only
from meadow.deploy.service import Patient, Service
from meadow.deploy.token import Vouched
from meadow.deploy.worker_app import Hosted
from meadow.query.service import Query
from meadow.query.settings import QuerySettings
from meadow.web.forward import Forward
from meadow.web.offers import OFFERS as SESSIONS
from meadow.web.ready import Check
from meadow.web.service import Web
from meadow.web.session import WebSettings


@dataclass(frozen=True, slots=True)
class Ground:
    """What query and control both stand on: log, store and registry, each there when it is there."""

    log: Opening[CountedLog]
    store: Opening[Store]
    registry: Registry
    following: Patient

    def directory(self) -> Directory:
        """The clusters of now."""
        return self.registry.directory

    def tenants(self) -> Mapping[str, Tenant]:
        """Raises LogUnavailable until the registry was read: a good token is not refused meanwhile."""
        if self.following.problem:
            raise LogUnavailable("The registry has not been read yet.")
        return self.registry.tenants()

    def checks(self) -> dict[str, Check]:
        """kafka, clickhouse and registry."""
        return {
            "kafka": log_answers(OpeningLog(self.log)),
            "clickhouse": store_answers(OpeningStore(self.store)),
            "registry": registry_known(self.registry, self.following),
        }

    def measured(self, metering: Metering) -> None:
        """What of it is shown among the metrics."""
        log = OpeningLog(self.log)
        metering.meters.watch(lambda: of_registry(self.registry), lambda: of_log(lambda: log.counts), log.readings)

    def services(self) -> tuple[Service, ...]:
        """In the order they start."""
        return (self.log, self.store, self.following)


def ground(kafka: KafkaConnection, clickhouse: roles.ClickHouse, seal: Seal | None) -> Ground:
    """Nothing is opened yet."""
    registry = Registry(kafka_stream(kafka), seal)
    return Ground(
        Opening("Kafka", lambda: kafka_log(kafka)),
        Opening("ClickHouse", lambda: clickhouse_store(clickhouse)),
        registry,
        following("registry", registry),
    )


def following(name: str, service: Service) -> Patient:
    """What reads a stream, once that can be read."""

    async def reading() -> Sequence[Service]:
        return (service,)

    return Patient(name, reading)


def hosted_query(role: roles.Query, metrics: Path | None) -> Hosted:
    """Questions. While Kafka is away the history can still be asked, so that is told and no more.

    metrics  folder shared by the processes of this port, in all of these.
    """
    base = ground(role.kafka, role.clickhouse, None)
    declared = (*OFFERS, *REGISTRY_OFFERS, *SESSIONS)
    query = Query(
        OpeningStore(base.store), OpeningLog(base.log), base.directory, QuerySettings(), declarations=declared
    )
    metering = Metering(metrics, role.operator)
    base.measured(metering)
    metering.meters.watch(query.readings)
    checks = base.checks()
    probes = Probes(Checks({**checks, "kafka": told_only(checks["kafka"])}))
    guard = _guard(Tokens(role.secret, base.tenants, time.time), role.listening)
    return Hosted(guard, metering, (probes, query), (*base.services(), query), query.stop)


def hosted_control(role: roles.Control, metrics: Path | None) -> Hosted:
    """Commands and the registry."""
    base = ground(role.kafka, role.clickhouse, Seal(role.keys))
    node = f"{role.node}-{os.getpid()}"
    log, store = OpeningLog(base.log), OpeningStore(base.store)
    settings = ControlSettings(inspect_every_s=role.inspect_every_s, secret_keys=role.redact_keys)
    claims = claims_stream(role.kafka, settings.kept_s)
    claiming = following("claims", claims)
    control = Control(log, store, base.directory, wire, settings, node, claims)
    registrations = Registrations(base.registry, log, wire, RegistrySettings(operator=role.operator), node)
    metering = Metering(metrics, role.operator)
    base.measured(metering)
    metering.meters.watch(control.readings)
    guard = _guard(Tokens(role.secret, base.tenants, time.time), role.listening)
    checks = Checks({**base.checks(), "claims": claims_known(claims, claiming)})
    parts = (Probes(checks), registrations, control)
    return Hosted(guard, metering, parts, (*base.services(), claiming, control))


def hosted_web(role: roles.Web, metrics: Path | None) -> Hosted:
    """The page, sessions, and the way to query and control, who judge a token again by the registry.

    While control is away one can still look, so that is told and no more.
    """
    tokens = Tokens(role.secret, Vouched, time.time)
    forward = Forward(role.query, role.control)
    checks = dict(forward.checks())
    checks["control"] = told_only(checks["control"])
    page = Web(tokens, WebSettings(https=role.https), checks, now_s=time.time)
    metering = Metering(metrics, role.operator)
    metering.meters.watch(forward.readings)
    return Hosted(
        _guard(tokens, role.listening, https=role.https), metering, (page, forward), (forward,), forward.end_streams
    )


def _guard(tokens: Tokens, listening: roles.Listening, *, https: bool = False) -> Guard:
    return Guard(tokens, GuardSettings(listening.host, frozenset(listening.hosts), https, listening.proxies))
