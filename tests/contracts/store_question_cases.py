"""What a question may cost, how it ends early, and that it can only read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from meadow.core.errors import BadQuestion, OverBudget, StoreRefused, StoreUnavailable, TooSlow
from meadow.core.store import Limits, Store
from tests.contracts.store_parts import ENDLESS, NO_LIMITS, event, ndjson
from tests.servers.deadlines import until

RUNNING = "SELECT count() FROM system.processes WHERE query LIKE '%sipHash64(number)%' AND query NOT LIKE '%system.processes%'"
NOT_A_QUESTION = (
    "",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE events",
    "DROP TABLE events",
    "INSERT INTO events (pid) SELECT 1",
    "ALTER TABLE events DELETE WHERE 1",
    "SET max_threads = 1",
    "SELECT 1 INTO OUTFILE 'x'",
    "KILL QUERY WHERE 1",
    "EXPLAIN SELECT 1",
    "-- SELECT 1\nTRUNCATE TABLE events",
    "nonsense",
    "SELECT no_such_column",
    "SELECT 1 FROM no_such_table",
    "SELECT 1 FORMAT JSON",
)


async def running(store: Store) -> int:
    return int((await store.ask(RUNNING, {})).rows[0][0])


async def started(store: Store, questions: int, parameters: Mapping[str, str]) -> list[asyncio.Task[object]]:
    """Endless questions, the first of them surely running."""
    tasks = [asyncio.create_task(_endless(store, parameters)) for _ in range(questions)]
    await until(lambda: running(store), "the endless question runs")
    return tasks


async def _endless(store: Store, parameters: Mapping[str, str]) -> object:
    salted = "".join(f" AND {{{name}:String}} != ''" for name in parameters)
    return await store.ask(ENDLESS + salted, parameters, NO_LIMITS)


class QuestionCases:
    """Asks."""

    async def test_columns_rows_and_dicts(self, store: Store) -> None:
        answer = await store.ask("WITH 2 AS two SELECT number AS n, two FROM numbers(2) ORDER BY n -- done;", {})
        assert (answer.columns, list(answer.rows)) == (("n", "two"), [(0, 2), (1, 2)])
        assert answer.dicts() == [{"n": 0, "two": 2}, {"n": 1, "two": 2}]

    async def test_nothing_found_is_no_rows(self, store: Store) -> None:
        assert (await store.ask("SELECT pid, at FROM events", {})).dicts() == []

    async def test_every_time_is_aware_and_in_utc(self, store: Store) -> None:
        sql = "SELECT now(), [now64(6)], toNullable(toDateTime('2026-01-02 03:04:05')), toDateTime64(1.5, 3)"
        [(at, [precise], given, half)] = (await store.ask(sql, {})).rows
        assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
        assert at.utcoffset() == precise.utcoffset() == timedelta(0)
        assert given == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert half == datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)

    async def test_an_answer_as_bytes(self, store: Store) -> None:
        sql = "SELECT toUInt8(number) AS n FROM numbers({rows:UInt8}) ORDER BY n"
        expected = {"JSONEachRow": b'{"n":0}\n{"n":1}\n', "CSVWithNames": b'"n"\n0\n1\n', "RowBinary": b"\0\1"}
        assert {form: await store.ask_bytes(sql, {"rows": 2}, form) for form in expected} == expected

    async def test_an_answer_as_parquet(self, store: Store) -> None:
        assert (await store.ask_bytes("SELECT 1 AS n", {}, "Parquet"))[:4] == b"PAR1"

    async def test_a_format_that_is_none_is_refused(self, store: Store) -> None:
        with pytest.raises(BadQuestion):
            await store.ask_bytes("SELECT 1", {}, "CSV SETTINGS readonly = 0")
        with pytest.raises(StoreRefused):
            await store.ask_bytes("SELECT 1", {}, "NoSuchFormat")

    async def test_the_deadline_is_too_slow(self, store: Store) -> None:
        with pytest.raises(TooSlow):
            await store.ask(ENDLESS, {}, Limits(deadline_s=0.2, rows_read_max=10**18))
        with pytest.raises(TooSlow):
            await store.ask_bytes(ENDLESS, {}, "CSV", Limits(deadline_s=0.2, rows_read_max=10**18))
        assert await running(store) == 0

    @pytest.mark.parametrize(
        ("sql", "limits"),
        [
            ("SELECT count() FROM numbers(100000) WHERE number % 7 = 1", Limits(rows_read_max=1_000)),
            ("SELECT number FROM numbers(1001)", Limits(rows_answered_max=1_000)),
            ("SELECT uniqExact(number) FROM numbers(50000000)", Limits(memory_bytes_max=10_000_000)),
        ],
    )
    async def test_more_than_its_limits_is_over_budget_and_the_next_question_is_free(
        self, store: Store, sql: str, limits: Limits
    ) -> None:
        for _ in range(3):
            with pytest.raises(OverBudget):
                await store.ask(sql, {}, limits)
        with pytest.raises(OverBudget):
            await store.ask_bytes(sql, {}, "CSV", limits)
        assert len((await store.ask("SELECT number FROM numbers(2000)", {})).rows) == 2_000

    @pytest.mark.parametrize("parameters", [{}, {"salt": "it's"}])
    async def test_cancelling_kills_the_query(self, store: Store, parameters: dict[str, str]) -> None:
        [task] = await started(store, 1, parameters)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await running(store) == 0

    async def test_cancelling_at_any_moment_frees_the_place(self, store: Store) -> None:
        for turns in range(20):
            tasks = [asyncio.create_task(_endless(store, {})) for _ in range(8)]
            for _ in range(turns):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
                asyncio.get_running_loop().call_soon(task.cancel)  # a second time, while it cleans up
            await asyncio.gather(*tasks, return_exceptions=True)
            assert (await store.ask("SELECT 1", {})).rows == [(1,)]
        await until(lambda: none_runs(store), "no question is left running")

    async def test_many_ask_at_once_while_rows_come_in(self, store: Store) -> None:
        async def insert(clock: int) -> None:
            await store.insert("events", ndjson(event(clock=clock)))

        async def ask(number: int) -> int:
            return int((await store.ask("SELECT {n:UInt32} + 0 * count() FROM events", {"n": number})).rows[0][0])

        answers, _ = await asyncio.gather(
            asyncio.gather(*(ask(n) for n in range(40))), asyncio.gather(*(insert(n) for n in range(10)))
        )
        assert answers == list(range(40))
        assert (await store.ask("SELECT uniqExact(clock) FROM events", {})).rows == [(10,)]

    async def test_what_is_not_one_question_is_refused_and_changes_nothing(self, store: Store) -> None:
        await store.insert("events", ndjson(event()))
        for sql in NOT_A_QUESTION:
            with pytest.raises(StoreRefused):
                pytest.fail(f"{sql} answered {await store.ask(sql, {})}")
        assert (await store.ask("SELECT count() FROM events", {})).rows == [(1,)]

    async def test_a_wrong_regular_expression_is_the_callers(self, store: Store) -> None:
        with pytest.raises(BadQuestion):
            await store.ask("SELECT match('a', {pattern:String})", {"pattern": "("})

    async def test_a_wrong_command_says_what_is_wrong(self, store: Store) -> None:
        with pytest.raises(StoreRefused, match="no_such_column"):
            await store.command("ALTER TABLE events DROP COLUMN no_such_column")

    async def test_what_is_closed_takes_nothing(self, store: Store) -> None:
        await store.close()
        await store.close()
        for refused in (store.ask("SELECT 1", {}), store.insert("events", b""), store.command("SELECT 1")):
            with pytest.raises(StoreUnavailable):
                await refused


async def none_runs(store: Store) -> bool:
    return await running(store) == 0
