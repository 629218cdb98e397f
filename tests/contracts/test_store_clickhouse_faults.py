"""What becomes of questions and inserts when ClickHouse refuses, is slow, hangs, dies or goes away; and who may ask at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from meadow.core.errors import BadSettings, OverBudget, StoreUnavailable, TooSlow
from meadow.core.store import Limits
from meadow.core.stores import clickhouse_client
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.clickhouse_settings import ClickHouseSettings
from tests.contracts.store_parts import closed_over, ndjson, one_too_many
from tests.servers.clickhouse import PASSWORD, ClickHouse
from tests.servers.clickhouse_faults import Fault
from tests.servers.deadlines import until

TABLE = "CREATE TABLE kept (n UInt32, text String) ENGINE = MergeTree ORDER BY n"
INSERT = "^INSERT INTO kept"


@pytest.fixture
def settings(clickhouse: ClickHouse) -> Iterator[ClickHouseSettings]:
    yield clickhouse.store_settings()
    clickhouse.faults()


@pytest.fixture
async def store(settings: ClickHouseSettings) -> AsyncIterator[ClickHouseStore]:
    """With a table."""
    opened = await ClickHouseStore.open(settings)
    try:
        await opened.command(TABLE)
        yield opened
    finally:
        await opened.close()


@contextmanager
def away(server: ClickHouse) -> Iterator[None]:
    """It dies, and comes back at the end."""
    server.kill()
    try:
        yield
    finally:
        server.start()


@contextmanager
def hanging(server: ClickHouse) -> Iterator[None]:
    server.pause()
    try:
        yield
    finally:
        server.resume()


async def insert(store: ClickHouseStore, *numbers: int) -> None:
    await store.insert("kept", ndjson(*({"n": n, "text": f"row {n}"} for n in numbers)))


async def numbers(store: ClickHouseStore) -> list[int]:
    return [n for (n,) in (await store.ask("SELECT n FROM kept ORDER BY n", {})).rows]


async def test_a_wrong_password_is_said_and_not_repeated(settings: ClickHouseSettings) -> None:
    with pytest.raises(BadSettings, match="does not know the user default, or not by this password") as refused:
        await ClickHouseStore.open(replace(settings, password="hunter2"))
    told = refused.value
    assert "hunter2" not in f"{told} {told.extra} {told.__cause__} {replace(settings, password='hunter2')}"


async def test_a_password_that_is_changed_under_way_is_said(
    settings: ClickHouseSettings, store: ClickHouseStore
) -> None:
    store._client._client.headers["Authorization"] = "Basic ZGVmYXVsdDpoZWxsbw=="
    for refused in (store.ask("SELECT 1", {}), insert(store, 1), store.command("SELECT 1")):
        with pytest.raises(StoreUnavailable, match="refuses Meadow's user or password"):
            await refused


async def test_a_server_that_does_not_take_what_meadow_sets_is_refused(
    settings: ClickHouseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clickhouse_client, "QUESTIONS", {"readonly": 2, "set_by_a_later_server": 1})
    with pytest.raises(BadSettings, match="user default set set_by_a_later_server; Meadow needs"):
        await ClickHouseStore.open(settings)


async def test_a_server_that_is_away_is_told_at_once_and_met_when_it_is_there(tmp_path: Path) -> None:
    server = ClickHouse(tmp_path)
    settings = server.store_settings("default", make=False)
    with pytest.raises(StoreUnavailable, match=rf"{server.url} cannot be reached"):
        await ClickHouseStore.open(settings)
    server.start()
    try:
        store = await ClickHouseStore.open(settings)
        assert (await store.ask("SELECT 1", {})).rows == [(1,)]
        await store.close()
    finally:
        server.stop()


async def test_a_quorum_is_asked_for_with_the_insert(settings: ClickHouseSettings, store: ClickHouseStore) -> None:
    kept = "n UInt32, quorum UInt64 DEFAULT getSetting('insert_quorum'), ms UInt64 DEFAULT getSetting('insert_quorum_timeout')"
    await store.command(f"CREATE TABLE kept_by ({kept}) ENGINE = MergeTree ORDER BY n")
    two = await ClickHouseStore.open(replace(settings, insert_quorum=2, insert_s=10))
    await two.insert("kept_by", ndjson({"n": 1}))
    await store.insert("kept_by", ndjson({"n": 2}))
    assert (await store.ask("SELECT quorum FROM kept_by ORDER BY n", {})).rows == [(2,), (0,)]
    assert (await store.ask("SELECT ms FROM kept_by WHERE n = 1", {})).rows == [(8_000,)]
    await two.close()


@pytest.mark.parametrize(("code", "name"), [(285, "TOO_FEW_LIVE_REPLICAS"), (319, "UNKNOWN_STATUS_OF_INSERT")])
async def test_a_quorum_that_is_not_there_is_said_and_the_rows_may_come_again(
    clickhouse: ClickHouse, store: ClickHouseStore, code: int, name: str
) -> None:
    clickhouse.faults([Fault(match=INSERT, code=code)])
    with pytest.raises(StoreUnavailable, match=name):
        await insert(store, 1)
    await insert(store, 1)
    assert await numbers(store) == [1]


async def test_a_server_that_hangs_is_not_waited_for(clickhouse: ClickHouse, settings: ClickHouseSettings) -> None:
    with hanging(clickhouse), pytest.raises(StoreUnavailable):
        await ClickHouseStore.open(replace(settings, connect_s=0.2))


async def test_a_server_that_goes_and_comes_back_is_used_again(clickhouse: ClickHouse, store: ClickHouseStore) -> None:
    await insert(store, 1)
    with away(clickhouse):
        for refused in (store.ask("SELECT 1", {}), insert(store, 2), store.command("SELECT 1")):
            with pytest.raises(StoreUnavailable, match="cannot be reached") as told:
                await refused
            assert PASSWORD not in f"{told.value} {told.value.__cause__}"
    await insert(store, 3)
    assert await numbers(store) == [1, 3]


async def test_what_hangs_ends_by_its_deadline_and_goes_on_afterwards(
    clickhouse: ClickHouse, settings: ClickHouseSettings, store: ClickHouseStore
) -> None:
    hasty = await ClickHouseStore.open(replace(settings, insert_s=0.3, command_s=0.3))
    with hanging(clickhouse):
        with pytest.raises(TooSlow):
            await hasty.ask("SELECT 1", {}, Limits(deadline_s=0.3))
        with pytest.raises(StoreUnavailable, match=r"within 0.3 s"):
            await insert(hasty, 1)
        with pytest.raises(StoreUnavailable, match=r"within 0.3 s"):
            await hasty.command("SELECT 1")
    await insert(store, 2)
    assert set(await numbers(store)) <= {1, 2}
    await hasty.close()


async def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    clickhouse: ClickHouse, store: ClickHouseStore
) -> None:
    acknowledged: set[int] = set()

    async def inserting(first: int) -> None:
        for n in range(first, 100_000, 3):
            await insert(store, n)
            acknowledged.add(n)

    for round_ in range(2):
        before = len(acknowledged)
        writers = [asyncio.create_task(inserting(round_ * 10_000 + n)) for n in range(3)]
        await until(lambda: len(acknowledged) > before + 30, "some are acknowledged")  # noqa: B023 (awaited here)
        with away(clickhouse):
            ended = await asyncio.gather(*writers, return_exceptions=True)
        assert all(isinstance(one, StoreUnavailable) for one in ended)
    assert acknowledged <= set(await numbers(store))


@pytest.mark.parametrize("fault", [Fault(match=INSERT, status=503), Fault(match=INSERT, code=252), Fault(code=999)])
async def test_an_insert_that_is_refused_can_be_sent_again(
    clickhouse: ClickHouse, store: ClickHouseStore, fault: Fault
) -> None:
    clickhouse.faults([fault])
    with pytest.raises(StoreUnavailable):
        await insert(store, 1)
    assert await numbers(store) == []
    await insert(store, 1)
    assert await numbers(store) == [1]


async def test_a_connection_cut_before_an_insert_stores_nothing(clickhouse: ClickHouse, store: ClickHouseStore) -> None:
    clickhouse.faults([Fault(match=INSERT, cut="before")])
    with pytest.raises(StoreUnavailable):
        await insert(store, 1)
    assert await numbers(store) == []


async def test_an_insert_whose_answer_is_lost_was_sent_once_and_is_an_error(
    clickhouse: ClickHouse, store: ClickHouseStore
) -> None:
    """The writer sends it again, and knows that it does."""
    clickhouse.faults([Fault(match=INSERT, cut="after")])
    with pytest.raises(StoreUnavailable):
        await insert(store, 1)
    assert await numbers(store) == [1]


async def test_half_an_answer_is_none(clickhouse: ClickHouse, store: ClickHouseStore) -> None:
    await insert(store, *range(2_000))
    for form in ("", "RowBinary", "CSV"):
        clickhouse.faults([Fault(match="FROM kept", cut="body", times=9)])
        with pytest.raises(StoreUnavailable):
            await (store.ask_bytes("SELECT * FROM kept", {}, form) if form else store.ask("SELECT * FROM kept", {}))
    clickhouse.faults()
    assert await numbers(store) == list(range(2_000))


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_question_whose_answer_is_lost_is_an_error(
    clickhouse: ClickHouse, store: ClickHouseStore, cut: str
) -> None:
    clickhouse.faults([Fault(match="FROM kept", cut=cut, times=9)])  # type: ignore[arg-type] # one of the three
    with pytest.raises(StoreUnavailable):
        await numbers(store)
    clickhouse.faults()
    assert await numbers(store) == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_what_a_proxy_says_is_that_the_store_is_away(
    clickhouse: ClickHouse, store: ClickHouseStore, status: int
) -> None:
    clickhouse.faults([Fault(match="FROM kept", status=status)])
    with pytest.raises(StoreUnavailable):
        await numbers(store)


async def test_too_many_at_once_in_the_server_is_over_budget(clickhouse: ClickHouse, store: ClickHouseStore) -> None:
    clickhouse.faults([Fault(match="FROM kept", code=202)])
    with pytest.raises(OverBudget):
        await numbers(store)


async def test_a_slow_server_is_too_slow_for_a_question(clickhouse: ClickHouse, store: ClickHouseStore) -> None:
    clickhouse.faults([Fault(match="FROM kept", delay_s=30)])
    with pytest.raises(TooSlow):
        await store.ask("SELECT n FROM kept", {}, Limits(deadline_s=0.2))
    assert await numbers(store) == []


async def test_one_question_too_many_is_told_to_come_again(settings: ClickHouseSettings) -> None:
    store = await ClickHouseStore.open(replace(settings, questions=1, waiting_max=2))
    try:
        await one_too_many(store)
    finally:
        await store.close()


async def test_closing_ends_questions_and_lets_an_insert_end(
    settings: ClickHouseSettings, store: ClickHouseStore
) -> None:
    closed = await ClickHouseStore.open(settings)
    await closed_over(closed, insert(closed, *range(20_000)))
    assert len(await numbers(store)) == 20_000
