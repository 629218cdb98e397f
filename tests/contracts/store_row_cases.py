"""What goes into a store comes out of it as it was, or is refused with its reason."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from meadow.core.errors import StoreRefused, StoreUnavailable
from meadow.core.store import Store
from tests.contracts.store_parts import EPOCH, HOSTILE, columns_of, epoch_s, event, ndjson, now, sample

SECRET = "hunter2"
BAD_ROWS = (
    b'{"tenant_id":"hunter2"}\n',
    b'{"tenant_id":1,"hunter2":1}\n',
    b'{"tenant_id":1,"args":"hunter2\n',
    b'{"tenant_id":1,"at":"hunter2"}\n',
    b"hunter2\n",
    b'{"tenant_id":[1,"hunter2"]}\n',
)
PLAIN_TABLES = (
    "events",
    "tasks",
    "task_ids",
    "dead_letters",
    "commands",
    "collector_counts",
    "worker_minutes",
    "snapshots",
)


async def count(store: Store, table: str) -> int:
    answer = await store.ask(f"SELECT count() FROM {table}", {})  # noqa: S608 (a name of this file)
    return int(answer.rows[0][0])


def _snapshot(second: int, what: str, value: str, *, cut: bool = False, error: str = "") -> dict[str, object]:
    fields = orjson.dumps({"what": what, "value": value, "cut": cut, "error": error, "command_id": "k"}).decode()
    return event(type="meadow-snapshot", hostname="w1", at=epoch_s(now()) + second, fields=fields)


class RowCases:
    """Inserts."""

    @pytest.mark.parametrize("table", PLAIN_TABLES)
    async def test_every_column_comes_back_as_it_was_said(self, store: Store, table: str) -> None:
        kinds = await columns_of(store, table)
        samples = {column: sample(kind, column) for column, kind in kinds.items()}
        await store.insert(table, ndjson({column: said for column, (said, _) in samples.items()}))
        answer = await store.ask(f"SELECT {', '.join(kinds)} FROM {table}", {})  # noqa: S608 (names of this file)
        assert answer.dicts() == [{column: read for column, (_, read) in samples.items()}]

    async def test_any_microsecond_comes_back(self, store: Store) -> None:
        chance, midnight = random.Random(7), datetime.combine(now().date(), datetime.min.time(), UTC)
        times = [midnight - timedelta(microseconds=chance.randrange(30 * 86_400 * 10**6)) for _ in range(500)]
        await store.insert("events", ndjson(*(event(at=epoch_s(at)) for at in times)))
        answer = await store.ask("SELECT at FROM events ORDER BY at", {})
        assert [at for (at,) in answer.rows] == sorted(times)

    async def test_what_a_row_leaves_out_is_the_columns_default(self, store: Store) -> None:
        await store.insert("events", ndjson(event()))
        answer = await store.ask("SELECT task_id, pid, retries, eta, runtime_s FROM events", {})
        assert answer.rows == [("", 0, None, None, None)]

    async def test_rows_may_be_arrays_under_named_columns(self, store: Store) -> None:
        at = epoch_s(now())
        rows = b'[1,2,"a",%f]\n[1,2,"b",%f]\n' % (at, at)
        columns = ("tenant_id", "cluster_id", "task_id", "anchor")
        await store.insert("task_ids", rows, columns=columns, form="JSONCompactEachRow")
        answer = await store.ask("SELECT task_id FROM task_ids ORDER BY task_id", {})
        assert answer.rows == [("a",), ("b",)]

    async def test_hostile_text_is_only_text(self, store: Store) -> None:
        await store.insert("events", ndjson(*(event(clock=n, args=text) for n, text in enumerate(HOSTILE))))
        answer = await store.ask("SELECT args FROM events ORDER BY clock", {})
        assert tuple(text for (text,) in answer.rows) == HOSTILE

    async def test_the_same_rows_twice_may_be_stored_twice_and_never_less(self, store: Store) -> None:
        rows = ndjson(event(), event(clock=1))
        await store.insert("events", rows)
        await store.insert("events", rows)
        assert await count(store, "events") in (2, 4)

    async def test_one_insert_takes_many_rows_of_many_days_and_a_large_text(self, store: Store) -> None:
        at = epoch_s(now())  # once: midnight may pass meanwhile
        rows = [event(at=at - n % 32 * 86_400, clock=n) for n in range(20_000)]
        await store.insert("events", ndjson(*rows, event(traceback="x" * 5_000_000)))
        answer = await store.ask("SELECT count(), uniq(toDate(at)), max(length(traceback)) FROM events", {})
        assert answer.rows == [(20_001, 32, 5_000_000)]

    async def test_no_rows_are_no_error(self, store: Store) -> None:
        await store.insert("events", b"")
        assert await count(store, "events") == 0

    async def test_heartbeats_become_the_last_word_and_the_minutes(self, store: Store) -> None:
        at, kinds = now().replace(second=1, microsecond=0), await columns_of(store, "workers_in")
        beats = [
            {"at": epoch_s(at), "active": 3, "processed": 10},
            {"at": epoch_s(at) + 1, "active": 1, "processed": 12},
        ]
        base = {column: sample(kind, column)[0] for column, kind in kinds.items()} | {"tenant_id": 1, "hostname": "w1"}
        await store.insert("workers_in", ndjson(*(base | beat for beat in beats)))
        last = await store.ask("SELECT max(at) AS at, argMaxIfMerge(load).2 AS done FROM workers GROUP BY hostname", {})
        assert last.dicts() == [{"at": at + timedelta(seconds=1), "done": 12}]
        minutes = await store.ask("SELECT processed_min, processed_max, active_max FROM worker_minutes FINAL", {})
        assert minutes.rows == [(10, 12, 3)]

    async def test_totals_and_the_audit_trail_are_made_of_events(self, store: Store) -> None:
        counts = event(type="meadow-collector", fields='{"collector":"c","counts":{"seen":4,"dropped":1}}')
        asked = event(type="meadow-command-asked", fields='{"id":"k"}')
        await store.insert("events", ndjson(counts, counts, asked))
        totals = await store.ask("SELECT name, max(total) FROM collector_counts GROUP BY name ORDER BY name", {})
        assert totals.rows == [("dropped", 1), ("seen", 4)]
        assert (await store.ask("SELECT command_id, type FROM commands", {})).rows == [("k", "meadow-command-asked")]

    async def test_the_newest_answer_of_each_worker_is_made_of_events(self, store: Store) -> None:
        """However it came, and whatever it holds: an answer that is no JSON, or another, is kept and stops nothing."""
        stats = (
            '{"pool":{"implementation":"celery.concurrency.prefork:TaskPool","max-concurrency":4,"processes":[7,8,9]}}'
        )
        said = [
            _snapshot(3, "stats", stats),
            _snapshot(2, "stats", "{}"),
            _snapshot(1, "active_queues", '[{"name":"a"},{"name":"b"}]'),
            _snapshot(1, "active", '[{"id":"'),
            _snapshot(1, "conf", "", cut=True, error="KeyError('x')"),
            event(type="meadow-snapshot", hostname="w1", fields="[]"),
        ]
        await store.insert("events", ndjson(*said, said[0]))
        answer = await store.ask(
            "SELECT what, value, cut, error, implementation, max_concurrency, queues FROM snapshots FINAL"
            " WHERE tenant_id = 1 AND hostname = 'w1' ORDER BY what",
            {},
        )
        assert answer.rows == [
            ("", "", 0, "", "", 0, []),
            ("active", '[{"id":"', 0, "", "", 0, []),
            ("active_queues", '[{"name":"a"},{"name":"b"}]', 0, "", "", 0, ["a", "b"]),
            ("conf", "", 1, "KeyError('x')", "", 0, []),
            ("stats", stats, 0, "", "celery.concurrency.prefork:TaskPool", 3, []),
        ]

    async def test_bad_rows_are_refused_whole_and_not_repeated_aloud(self, store: Store) -> None:
        for bad in BAD_ROWS:
            with pytest.raises(StoreRefused) as refused:
                await store.insert("events", ndjson(event()) + bad)
            assert SECRET not in f"{refused.value} {refused.value.extra} {refused.value.__cause__}"
        assert await count(store, "events") == 0
        await store.insert("events", ndjson(event()))
        assert await count(store, "events") == 1

    async def test_the_row_at_fault_is_named(self, store: Store) -> None:
        with pytest.raises(StoreRefused) as refused:
            await store.insert("events", ndjson(event(), event(pid="x"), event()))
        assert dict(refused.value.extra) == {"row": 2, "column": "pid"}

    async def test_a_name_that_is_no_name_is_refused(self, store: Store) -> None:
        for name in ("Events", "events; DROP TABLE events", "events (at) --", "", "e" * 65, "meadow.events"):
            with pytest.raises(StoreRefused):
                await store.insert(name, b"{}")
            with pytest.raises(StoreRefused):
                await store.insert("events", b"{}", columns=("at", name))

    async def test_rows_of_a_table_that_is_not_there_yet_may_be_inserted_later(self, store: Store) -> None:
        with pytest.raises(StoreUnavailable):
            await store.insert("table_of_tomorrow", b"{}\n")

    async def test_epoch_is_epoch(self, store: Store) -> None:
        answer = await store.ask("SELECT toDateTime64(0, 3, 'UTC'), toDateTime(0, 'UTC')", {})
        assert answer.rows == [(EPOCH, EPOCH)]
