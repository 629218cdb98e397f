"""Settings into the services of a writer."""

from __future__ import annotations

from collections.abc import Sequence

from meadow.core.log import Log
from meadow.core.store import Store
from meadow.deploy.adapters import clickhouse_store, kafka_log
from meadow.deploy.listener import Checks, Probes, listener
from meadow.deploy.opening import Opening, OpeningLog, OpeningStore
from meadow.deploy.readiness import audit_looks, log_answers, store_answers, writer_follows
from meadow.deploy.roles import Write
from meadow.deploy.service import Patient, Service
from meadow.ingest.audit import Audit
from meadow.ingest.writer import Writer
from meadow.ingest.writer_settings import WriterSettings

STOP_WITHIN_S = 8.0


class Writing:
    """The writer and its audit, once log and store are there."""

    def __init__(self, log: Opening[Log], store: Opening[Store]) -> None:
        self._log, self._store = log, store
        self.writer: Writer | None = None
        self.audit: Audit | None = None

    async def make(self) -> Sequence[Service]:
        """Waits for both."""
        log, store = await self._log.opened(), await self._store.opened()
        self.writer = Writer(log, store, WriterSettings(stop_within_s=STOP_WITHIN_S))
        self.audit = Audit(store, self.writer)
        return (self.writer, self.audit)


def writer(role: Write) -> Sequence[Service]:
    """In the order they start. Stopped in reverse: the last rows are kept and committed before anything is closed."""
    log = Opening("Kafka", lambda: kafka_log(role.kafka, role.shard))
    store = Opening("ClickHouse", lambda: clickhouse_store(role.clickhouse))
    writing = Writing(log, store)
    following = Patient("writer", writing.make)
    checks = Checks(
        {
            "kafka": log_answers(OpeningLog(log)),
            "clickhouse": store_answers(OpeningStore(store)),
            "writer": writer_follows(lambda: writing.writer, lambda: following.problem),
            "audit": audit_looks(lambda: writing.audit),
        }
    )
    return (listener((Probes(checks),), role.listening), log, store, following)
