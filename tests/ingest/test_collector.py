"""The collector loses nothing: what it acknowledged is on the log, as rows or as dead letters, and all else is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from meadow.core.blocks import Table
from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.ingest.collector import Collector
from meadow.ingest.messages.decoded import Decoded
from meadow.ingest.source import Gap, SourceState
from tests.ingest.collecting import CLUSTER, SOON, Gate, Script, acknowledged, collecting, events, rows
from tests.ingest.messages import HEAD, RECEIVED_AT, message
from tests.servers.deadlines import until

BEAT: dict[str, Any] = HEAD | {"type": "worker-heartbeat", "processed": 1}


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EmbeddedLog]:
    opened = await EmbeddedLog.open(tmp_path / "log", EmbeddedLogSettings(partitions=2))
    yield opened
    await opened.close()


async def test_a_batch_becomes_rows_of_three_tables_and_is_acknowledged(log: EmbeddedLog) -> None:
    source = Script()
    async with collecting(source, log) as collector:
        token = source.tell(message([HEAD | {"uuid": "a"}, BEAT, 5]), message(b"{"), message(HEAD | {"uuid": "b"}))
        await acknowledged(source, token)
    assert {row["task_id"] for row in await events(log)} == {"a", "b"}
    assert [row["hostname"] for row in await rows(log, Table.WORKERS)] == ["w1@vm"]
    assert {row["reason"] for row in await rows(log, Table.DEAD_LETTERS)} == {"not_an_event", "malformed"}
    assert collector.counts.received == 5
    assert collector.counts.as_fields()["dead:malformed"] == 1


async def test_nothing_is_acknowledged_or_asked_for_before_the_log_has_it(log: EmbeddedLog) -> None:
    source, gate = Script(), Gate(log)
    async with collecting(source, gate):
        gate.open.clear()
        tried = gate.tried
        tokens = [source.tell(message(HEAD | {"uuid": str(n)})) for n in range(3)]
        await until(lambda: gate.tried > tried, "an append is tried")
        assert (source.given, source.acknowledged) == (1, [])
        gate.open.set()
        await acknowledged(source, tokens[-1])
    assert source.acknowledged == tokens
    assert len(await events(log)) == 3


async def test_a_log_that_is_away_is_waited_for(log: EmbeddedLog) -> None:
    source, gate = Script(), Gate(log)
    async with collecting(source, gate):
        await until(lambda: gate.tried, "the first report")
        gate.failures = 4
        tokens = [source.tell(message(HEAD | {"uuid": str(n)})) for n in range(2)]
        await acknowledged(source, tokens[0])
        assert gate.failures == 0
        await acknowledged(source, tokens[1])
    assert sorted(row["task_id"] for row in await events(log)) == ["0", "1"]


async def test_killed_while_appending_it_has_acknowledged_nothing(log: EmbeddedLog) -> None:
    source, gate = Script(), Gate(log)
    gate.open.clear()
    async with collecting(source, gate):
        source.tell(message(HEAD))
        await until(lambda: gate.tried >= 2, "the batch waits in append")
    assert source.acknowledged == []
    assert source.closed


async def test_a_row_that_the_log_never_takes_is_a_dead_letter_and_costs_only_itself(tmp_path: Path) -> None:
    small = await EmbeddedLog.open(tmp_path / "log", EmbeddedLogSettings(partitions=1, block_bytes_max=30_000))
    source = Script()
    async with collecting(source, small) as collector:
        large = HEAD | {"uuid": "large", "traceback": "x" * 60_000}
        token = source.tell(message([HEAD | {"uuid": "a"}, large, HEAD | {"uuid": "b"}]))
        await acknowledged(source, token)
        assert [row["task_id"] for row in await events(small)] == ["a", "b"]
        letters = await rows(small, Table.DEAD_LETTERS)
        assert [(row["reason"], row["detail"]) for row in letters] == [
            ("too_large", "The log refused this row of events.")
        ]
        assert letters[0]["body_bytes"] > 60_000
        assert collector.counts.as_fields()["dead:too_large"] == 1
    await small.close()


async def test_a_dead_letter_that_the_log_never_takes_is_counted_and_ends_there(tmp_path: Path) -> None:
    tiny = await EmbeddedLog.open(tmp_path / "log", EmbeddedLogSettings(partitions=1, block_bytes_max=700))
    source = Script()
    async with collecting(source, tiny) as collector:
        await acknowledged(source, source.tell(message(b"{" * 2_000), message(HEAD)))
        assert [row["type"] for row in await events(tiny)] == ["task-started"]
        assert collector.counts.as_fields()["dead:too_large"] == 1
    await tiny.close()


async def test_what_may_have_been_lost_is_an_event(log: EmbeddedLog) -> None:
    source = Script()
    async with collecting(source, log) as collector:
        await acknowledged(source, source.tell(gaps=[Gap(100.5, 200.25, "The connection was away.")]))
    gap = (await events(log, "meadow-gap"))[0]
    assert (gap["at"], gap["hostname"]) == (200.25, "node-1")
    assert orjson.loads(gap["fields"]) == {"since": 100.5, "until": 200.25, "reason": "The connection was away."}
    assert collector.counts.gaps == 1


class Fails:
    """A stage with a fault that one message brings out."""

    def __call__(self, batch: Decoded) -> Decoded:
        if any(row["task_id"] == "fault" for row in batch.events):
            raise RuntimeError("kwargs={'password': 'hunter2'}")
        return batch


async def test_a_fault_of_ours_costs_one_message_and_shows_no_secret(
    log: EmbeddedLog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("meadow.ingest.collector.stages", lambda *_: [Fails()])
    source = Script()
    async with collecting(source, log) as collector:
        batch = [message(HEAD | {"uuid": task, "kwargs": "hunter2"}) for task in ("a", "fault", "b")]
        await acknowledged(source, source.tell(*batch))
    assert sorted(row["task_id"] for row in await events(log)) == ["a", "b"]
    letter = (await rows(log, Table.DEAD_LETTERS))[0]
    assert (letter["reason"], letter["body"]) == ("malformed", "")
    assert "hunter2" not in caplog.text
    assert collector.counts.received == 3


async def test_secrets_do_not_reach_the_log(log: EmbeddedLog) -> None:
    source = Script()
    async with collecting(source, log):
        said = HEAD | {"kwargs": "{'password': 'hunter2'}", "token": "hunter2"}
        broken = {"exception": "amqp://bob:hunter2@h/"}
        await acknowledged(source, source.tell(message([said, broken]), message(b"\xffhunter2")))
    everything = [await rows(log, table) for table in Table]
    assert "hunter2" not in str(everything)


async def test_a_large_batch_lets_others_have_their_turn(log: EmbeddedLog) -> None:
    source = Script()
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with collecting(source, log):
        await until(lambda: source.asked, "the collector runs")
        token = source.tell(*[message(HEAD | {"uuid": str(n)}) for n in range(5_000)])
        turns_before, counting = turns, asyncio.create_task(count_turns())
        await acknowledged(source, token)
        counting.cancel()
    assert turns - turns_before >= 10
    assert len(await events(log)) == 5_000


async def test_reports_come_while_nothing_else_does_and_once_more_at_the_end(log: EmbeddedLog) -> None:
    source = Script(state=SourceState(connected=False, since=5.0, problem="The broker refuses the password."))
    settings = type(SOON)(report_every_s=0.02, gather_s=3600)
    async with collecting(source, log, settings) as collector:

        async def three() -> bool:
            return len(await events(log, "meadow-collector")) >= 3

        await until(three, "three reports")
        await acknowledged(source, source.tell(message(b"{")))
    reports = await events(log, "meadow-collector")
    last = max(reports, key=lambda row: int(row["clock"]))
    fields = orjson.loads(last["fields"])
    assert fields == {
        "collector": fields["collector"],
        "counts": {"received": 1, "gaps": 0, "dead:malformed": 1},
        "connected": False,
        "problem": "The broker refuses the password.",
        "since": 5.0,
    }
    assert fields["collector"].startswith("node-1/")
    assert len({row["clock"] for row in reports}) == len(reports)
    assert (last["hostname"], last["task_id"], last["tenant_id"], last["cluster_id"]) == ("node-1", "", 7, 9)
    assert collector.source_state.problem


async def test_that_the_broker_went_is_reported_before_the_next_report_is_due(log: EmbeddedLog) -> None:
    source = Script()

    async def said() -> bool:
        reports = await events(log, "meadow-collector")
        return [orjson.loads(row["fields"])["connected"] for row in reports] == [True, False]

    async with collecting(source, log):  # the next one is due in an hour
        await _first_report(log)
        source.state = SourceState(connected=False, since=2.0, problem="away")
        await until(said, "the news")


async def _first_report(log: EmbeddedLog) -> None:
    async def there() -> int:
        return len(await events(log, "meadow-collector"))

    await until(there, "the first report")


async def test_a_log_that_is_away_does_not_stop_the_reports(log: EmbeddedLog) -> None:
    source, gate = Script(), Gate(log)
    gate.failures = 3
    async with collecting(source, gate, type(SOON)(report_every_s=0.01)):

        async def reported() -> int:
            return len(await events(log, "meadow-collector"))

        await until(reported, "a report after three that failed")


async def test_it_ends_when_its_source_does(log: EmbeddedLog) -> None:
    source = Script()
    collector = Collector(CLUSTER, source, log, SOON, "node-1")
    running = asyncio.create_task(collector.run())
    source.tell(message(HEAD | {"timestamp": RECEIVED_AT}))
    await source.close()
    await asyncio.wait_for(running, 10)
    assert source.acknowledged == [1]


async def test_stopped_before_it_ran_it_closes_the_source_and_says_nothing(log: EmbeddedLog) -> None:
    source = Script()
    await Collector(CLUSTER, source, log, SOON, "node-1").stop()
    assert source.closed
    assert await rows(log, Table.EVENTS) == []
