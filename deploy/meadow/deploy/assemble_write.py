"""Settings into the services of a writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from meadow.core.readings import Meters, Reading
from meadow.core.store import Store
from meadow.deploy.adapters import clickhouse_store, kafka_log
from meadow.deploy.exposition import PlainMetrics
from meadow.deploy.listener import Checks, Probes, listener
from meadow.deploy.measured import of_log, of_process
from meadow.deploy.opening import CountedLog, Opening, OpeningLog, OpeningStore
from meadow.deploy.readiness import audit_looks, log_answers, store_answers, writer_follows
from meadow.deploy.roles import Write
from meadow.deploy.service import Patient, Service
from meadow.ingest.audit import Audit
from meadow.ingest.measured import of_audit, of_writer
from meadow.ingest.writer import Writer
from meadow.ingest.writer_settings import WriterSettings

STOP_WITHIN_S = 8.0


class Writing:
    """The writer and its audit, once log and store are there."""

    def __init__(self, log: Opening[CountedLog], store: Opening[Store]) -> None:
        self._log, self._store = log, store
        self.writer: Writer | None = None
        self.audit: Audit | None = None

    async def make(self) -> Sequence[Service]:
        """Waits for both."""
        log, store = await self._log.opened(), await self._store.opened()
        # More partitions move tasks to other ones, whose offsets are lower: rows of the larger log must win.
        settings = WriterSettings(stop_within_s=STOP_WITHIN_S, epoch=log.partitions)
        self.writer = Writer(log, store, settings)
        self.audit = Audit(store, self.writer)
        return (self.writer, self.audit)

    def readings(self) -> Iterator[Reading]:
        """For the metrics; none before they are there."""
        if self.writer is not None and self.audit is not None:
            yield from of_writer(self.writer)
            yield from of_audit(self.audit)


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
    meters = Meters()
    meters.watch(of_process, writing.readings, lambda: of_log(lambda: OpeningLog(log).counts))
    http = listener((Probes(checks), PlainMetrics(meters.everything)), role.listening)
    return (http, log, store, following)
