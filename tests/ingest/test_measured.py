"""What is counted anyway is what the metrics say, under the table's names; and log lines of a collector say whose they are."""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from meadow.core import meters
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.meters import Metric
from meadow.core.readings import Reading
from meadow.deploy.logging_format import formatter
from meadow.ingest.audit import Audit
from meadow.ingest.measured import of_audit, of_node, of_writer
from tests.ingest.collecting import acknowledged
from tests.ingest.histories import history
from tests.ingest.messages import HEAD, message
from tests.ingest.nodes import Field, cluster, collects
from tests.ingest.running import blocks, caught_up, opened, writing

ACME = cluster(1).tenant.slug


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EmbeddedLog]:
    made = await EmbeddedLog.open(tmp_path / "log", EmbeddedLogSettings(partitions=2))
    yield made
    await made.close()


def by_series(readings: Iterable[Reading]) -> dict[tuple[Metric, tuple[str, ...]], float]:
    return {(one.metric, one.labels): one.value for one in readings}


async def test_a_nodes_collectors_are_read_by_tenant_and_cluster(log: EmbeddedLog) -> None:
    field = Field(log, [cluster(1), cluster(2)])
    async with field.node() as node:
        await collects(node, 1, 2)
        [script] = field.scripts[1]
        await acknowledged(script, script.tell(message([HEAD | {"uuid": "a"}, 5]), message(b"{")))
        found = by_series(of_node(node, field.shares))
    one, two = ((ACME, cluster(number).slug) for number in (1, 2))
    assert found[meters.EVENTS_RECEIVED, one] == 3
    assert found[meters.EVENTS_RECEIVED, two] == 0
    assert found[meters.DEAD_LETTERS, (*one, "malformed")] == 1
    assert found[meters.CLUSTERS_HELD, ()] == 2
    assert found[meters.OWNERSHIP_HEALTHY, ()]


async def test_a_collectors_log_lines_say_whose_they_are(
    log: EmbeddedLog, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.handler.setFormatter(formatter("json"))
    field = Field(log, [cluster(1), cluster(2)])
    async with field.node() as node:
        [first, _] = (await collects(node, 1, 2)).values()
        monkeypatch.setattr(first, "_decode", lambda messages: 1 / 0)
        with caplog.at_level(logging.ERROR):
            [script] = field.scripts[1]
            await acknowledged(script, script.tell(message(HEAD)))
    assert f'"tenant":"{ACME}","cluster":"{cluster(1).slug}"' in caplog.text


async def test_a_writer_and_its_audit_are_read_whole(tmp_path: Path) -> None:
    async with opened(tmp_path) as (log, store), writing(log, store) as writer:
        events = history(random.Random(1), "t")
        await log.append(blocks(events))
        await caught_up(writer)
        found = by_series(of_writer(writer))
        assert found[meters.WRITER_ROWS, ()] == len(events)
        assert found[meters.WRITER_HEALTHY, ()]
        assert found[meters.WRITER_PARTITIONS, ()] == 2
        assert found[meters.WRITER_LAG_RECORDS, ()] >= 0
        assert {name for name in writer.counts if ":" not in name} == {
            *("records", "rows", "commits", "commits_refused", "retries", "faults", "too_late"),
            *("tasks_refused", "tasks_held"),
        }, "a new count needs a metric"
        audit = Audit(store, writer)
        assert len(list(of_audit(audit))) == len(audit.counts)
