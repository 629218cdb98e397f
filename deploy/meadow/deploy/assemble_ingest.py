"""Settings into the services of an ingest node."""

from __future__ import annotations

from collections.abc import Sequence

from meadow.core.readings import Meters
from meadow.core.registry import Registry
from meadow.core.scope import Cluster
from meadow.core.seal import Seal
from meadow.deploy.adapters import kafka_log, kafka_stream, shared, source
from meadow.deploy.exposition import PlainMetrics
from meadow.deploy.listener import Checks, Probes, listener
from meadow.deploy.measured import of_log, of_process, of_registry
from meadow.deploy.opening import Opening, OpeningLog
from meadow.deploy.readiness import brokers_told, log_answers, ownership_good, registry_known
from meadow.deploy.roles import Ingest
from meadow.deploy.service import Patient, Service
from meadow.ingest.collector import Collector, CollectorSettings
from meadow.ingest.measured import of_node
from meadow.ingest.node import Node
from meadow.ingest.pipeline import PipelineSettings
from meadow.ingest.stages.redact import RedactSettings


def ingest_node(role: Ingest) -> Sequence[Service]:
    """In the order they start. Stopped in reverse: this node leaves the others first, and answers until the end."""
    opening = Opening("Kafka", lambda: kafka_log(role.kafka))
    log = OpeningLog(opening)
    registry = Registry(kafka_stream(role.kafka), Seal(role.keys))
    ownership = shared(role.kafka, role.node, role.zone)
    settings = CollectorSettings(PipelineSettings(redact=RedactSettings(role.redact, role.redact_keys)))

    def make(cluster: Cluster) -> Collector:
        return Collector(cluster, source(cluster), log, settings, role.node)

    node = Node(lambda: registry.directory, ownership, make)
    registry.on_change(node.wake)

    async def once_open() -> Sequence[Service]:
        await opening.opened()
        return (node,)

    following = Patient("registry", lambda: _these(registry))
    checks = Checks(
        {
            "kafka": log_answers(log),
            "registry": registry_known(registry, following),
            "ownership": ownership_good(ownership),
        },
        brokers_told(node, lambda tenant, cluster: f"cluster {tenant}/{cluster}"),
    )
    meters = Meters()
    meters.watch(
        of_process,
        lambda: of_node(node, ownership),
        lambda: of_registry(registry),
        lambda: of_log(lambda: log.counts),
        log.readings,
    )
    http = listener((Probes(checks), PlainMetrics(meters.everything)), role.listening)
    return (http, opening, following, Patient("node", once_open), ownership)


async def _these(*services: Service) -> Sequence[Service]:
    return services
