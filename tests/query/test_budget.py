"""What a question may cost: its deadline, its tenant's share, and nothing once its caller has left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from meadow.core.errors import OverBudget
from meadow.core.http import json_response, problems
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.operations import Operation
from meadow.core.store import Store
from meadow.core.stores.chdb import ChdbStore
from meadow.query.budget import Budget
from meadow.query.desk import Desk, Watermarks
from meadow.query.plan import Question
from meadow.query.run import Run
from meadow.query.settings import QuerySettings
from tests.query.conftest import DIRECTORY, Clock, known, served, until
from tests.query.seeds import NOW_S, insert, task

ENDLESS = 1 << 60  # rows
SLOW = Question(
    "slow",
    "SELECT count() AS n FROM numbers(1000000000000)"
    " WHERE 'a slow one' != toString(number) AND {tenant_id:UInt32} > 0 AND notEmpty({cluster_ids:Array(UInt32)})",
)
OFFER = Operation(method="GET", path="/slow", summary="A question that takes for ever")
Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def slowly(store: Store, settings: QuerySettings) -> AsyncIterator[Client]:
    """A server with one slow question, under aiohttp's own defaults: handlers are not cancelled by a closed connection."""
    desk = Desk(
        Run(store, Budget(settings.running_max, settings.waiting_max), settings),
        lambda: DIRECTORY,
        Clock(),
        Watermarks(),
    )

    async def slow(request: web.Request) -> web.Response:
        async with desk.take(request, OFFER) as taken:
            return json_response(await taken.asking.ask(SLOW, {}))

    app = web.Application(middlewares=[problems, known])
    app.router.add_get("/slow", slow)
    async with TestClient(TestServer(app)) as client:
        yield client


async def running(store: Store) -> int:
    """How many slow questions the engine works on."""
    sql = "SELECT count() AS n FROM system.processes WHERE query LIKE concat('%a slow', ' one%')"
    answer = await store.ask(sql, {})
    return int(answer.rows[0][0])


async def test_a_closed_connection_kills_the_question(chdb_store: ChdbStore) -> None:
    async with slowly(chdb_store, QuerySettings(deadline_s=100, rows_read_max=ENDLESS)) as client:
        asked = asyncio.create_task(client.get("/slow"))
        await until(lambda: _is(chdb_store, 1))
        asked.cancel()
        await until(lambda: _is(chdb_store, 0))


async def test_a_question_ends_at_its_deadline(chdb_store: ChdbStore) -> None:
    async with slowly(chdb_store, QuerySettings(deadline_s=0.5, rows_read_max=ENDLESS)) as client:
        response = await client.get("/slow")
        assert (response.status, (await response.json(content_type=None))["code"]) == (504, "too_slow")
        assert await running(chdb_store) == 0


async def test_one_tenants_questions_do_not_take_anothers_turn(chdb_store: ChdbStore) -> None:
    settings = QuerySettings(deadline_s=100, running_max=1, waiting_max=1, rows_read_max=ENDLESS)
    async with slowly(chdb_store, settings) as client:
        first = asyncio.create_task(client.get("/slow"))
        await until(lambda: _is(chdb_store, 1))
        more = [asyncio.create_task(client.get("/slow")) for _ in range(2)]
        done, _ = await asyncio.wait(more, return_when=asyncio.FIRST_COMPLETED)
        refused = done.pop().result()
        body = await refused.json(content_type=None)
        assert (refused.status, body["code"], refused.headers["Retry-After"]) == (429, "over_budget", "1")
        theirs = asyncio.create_task(client.get("/slow", headers={"X-Caller": "eve"}))
        await until(lambda: _is(chdb_store, 2))
        for task_ in (first, *more, theirs):
            task_.cancel()
        await until(lambda: _is(chdb_store, 0))


async def test_a_turn_that_does_not_come_is_refused_and_leaves_no_trace() -> None:
    budget = Budget(running_max=1, waiting_max=5)
    async with budget.turn(1, 1):
        with pytest.raises(OverBudget):
            async with budget.turn(1, 0.01):
                pytest.fail("there was no turn")
        async with budget.turn(2, 0.01):
            pass
    async with budget.turn(1, 0.01):
        pass
    assert budget == Budget(running_max=1, waiting_max=5)


async def test_slow_ones_are_noted_without_their_values(
    chdb_store: ChdbStore, embedded_log: EmbeddedLog, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "meadow.query"):
        async with served(chdb_store, embedded_log, QuerySettings(slow_s=0)) as api:
            await api.get("/tasks", q="hush")
    assert "tasks_newest took" in caplog.text
    assert "hush" not in caplog.text


async def test_a_list_tells_what_it_found_before_it_became_too_much(
    chdb_store: ChdbStore, embedded_log: EmbeddedLog
) -> None:
    await insert_many(chdb_store, NOW_S - 4_000_000)
    await insert(chdb_store, "tasks", [task("young", name="rare"), task("day", name="rare", born_s=NOW_S - 7_200)])
    async with served(chdb_store, embedded_log, QuerySettings(rows_read_max=50_000)) as api:
        body = await api.get("/tasks", name="rare")
        assert ([item["id"] for item in body["items"]], body["complete"]) == (["young", "day"], False)
        assert body["next"] is not None
        rest = await api.get("/tasks", name="rare", cursor=body["next"])
        assert (rest["items"], rest["complete"]) == ([], False)
        searched = await api.get("/tasks", q="rare")
        assert [item["id"] for item in searched["items"]] == ["young", "day"]


async def test_trends_leave_out_tasks_born_long_before_and_say_so(
    chdb_store: ChdbStore, embedded_log: EmbeddedLog
) -> None:
    await insert_many(chdb_store, NOW_S - 90_000)
    await insert(chdb_store, "tasks", [task("young")])
    async with served(chdb_store, embedded_log, QuerySettings(rows_read_max=50_000)) as api:
        body = await api.get("/trends", by="name")
        assert (body["totals"]["count"], body["complete"]) == (1, False)


async def test_facets_and_the_longest_are_of_the_last_day_and_say_so(
    chdb_store: ChdbStore, embedded_log: EmbeddedLog
) -> None:
    await insert_many(chdb_store, NOW_S - 90_000)
    await insert(chdb_store, "tasks", [task("young")])
    async with served(chdb_store, embedded_log, QuerySettings(rows_read_max=50_000)) as api:
        body = await api.get("/tasks/facets", by="name", buckets=24)
        assert (body["items"], body["total"], body["complete"]) == ([{"key": "shop.capture", "count": 1}], 1, False)
        assert 24 <= len(body["histogram"]["points"]) <= 25
        body = await api.get("/tasks", sort="runtime")
        assert ([item["id"] for item in body["items"]], body["next"], body["complete"]) == (["young"], None, False)


async def insert_many(store: Store, born_s: float) -> None:
    """A hundred thousand tasks, born by the second before this."""
    columns = "tenant_id, cluster_id, task_id, anchor, rank, version"
    values = f"1, 1, concat('old', toString(number)), toDateTime64({born_s} - number, 3, 'UTC'), 1, 1"
    await store.command(f"INSERT INTO tasks ({columns}) SELECT {values} FROM numbers(100000)")  # noqa: S608 our own words


async def _is(store: Store, count: int) -> bool:
    return await running(store) == count
