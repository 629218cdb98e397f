"""A value reaches the store as the value it is, or is refused; it is never SQL and never another tenant."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from meadow.core.errors import BadQuestion, StoreRefused
from meadow.core.store import Store
from tests.contracts.store_parts import HOSTILE, event, ndjson

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 123_456, tzinfo=UTC)
IN_TOKYO = MOMENT.astimezone(timezone(timedelta(hours=9)))
AS_THEY_ARE = [
    ("UInt32", 4_294_967_295, 4_294_967_295),
    ("UInt64", 2**64 - 1, 2**64 - 1),
    ("Int64", -(2**63), -(2**63)),
    ("UInt8", True, 1),
    ("Float64", 0.1, 0.1),
    ("Bool", False, False),
    ("Nullable(String)", None, None),
    ("DateTime64(6, 'UTC')", MOMENT, MOMENT),
    ("DateTime64(6, 'UTC')", IN_TOKYO, MOMENT),
    ("DateTime64(6, 'UTC')", 1_767_323_045.123456, MOMENT),
    ("DateTime('UTC')", MOMENT, MOMENT.replace(microsecond=0)),
    ("Array(DateTime64(6, 'UTC'))", [IN_TOKYO], [MOMENT]),
    ("Array(UInt32)", frozenset({7}), [7]),
    ("Array(UInt32)", (), []),
    ("Array(Tuple(UInt32, DateTime64(6, 'UTC'), String))", [(1, MOMENT, "it's")], [(1, MOMENT, "it's")]),
]
NOT_OF_THE_TYPE = [
    ("UInt32", 4_294_967_296),
    ("UInt32", -1),
    ("UInt32", "1"),
    ("UInt32", 1.0),
    ("UInt32", None),
    ("UInt32", [1]),
    ("Int8", 128),
    ("Array(UInt32)", [1, 2**32 + 1]),
    ("Array(UInt32)", 1),
    ("Array(Tuple(UInt32, String))", [(2**32, "")]),
    ("Array(Tuple(UInt32, String))", [(1, "", "")]),
    ("String", None),
    ("String", "\ud800"),
    ("DateTime64(6, 'UTC')", datetime(2026, 1, 2)),
    ("DateTime64(6, 'UTC')", "yesterday"),
]


async def said_back(store: Store, kind: str, value: Any) -> Any:
    return (await store.ask(f"SELECT {{value:{kind}}}", {"value": value})).rows[0][0]


class ParameterCases:
    """Bound parameters."""

    async def test_a_value_is_itself(self, store: Store) -> None:
        for kind, given, read in AS_THEY_ARE:
            assert await said_back(store, kind, given) == read, kind

    async def test_a_hostile_text_is_itself(self, store: Store) -> None:
        for text in HOSTILE:
            assert await said_back(store, "String", text) == text
            assert await said_back(store, "Array(String)", [text]) == [text]

    async def test_any_text_is_itself(self, store: Store) -> None:
        chance = random.Random(11)
        texts = ["".join(map(chr, (any_code(chance) for _ in range(chance.randrange(40))))) for _ in range(500)]
        assert await said_back(store, "Array(String)", texts) == texts
        for text in texts[:50]:
            assert await said_back(store, "Nullable(String)", text) == text

    async def test_a_value_of_another_type_or_out_of_range_is_refused(self, store: Store) -> None:
        for kind, value in NOT_OF_THE_TYPE:
            with pytest.raises(BadQuestion):
                pytest.fail(f"{kind} took {value!r} as {await said_back(store, kind, value)!r}")

    async def test_placeholders_and_parameters_match_one_to_one(self, store: Store) -> None:
        for parameters in ({}, {"tenant": 1, "cluster": 1}, {"tenants": 1}):
            with pytest.raises(StoreRefused):
                await store.ask("SELECT {tenant:UInt32}", parameters)

    async def test_no_value_reaches_another_tenants_rows(self, store: Store) -> None:
        await store.insert("events", ndjson(event(tenant_id=1, task_id="mine"), event(tenant_id=2, task_id="theirs")))
        sql = "SELECT task_id FROM events WHERE tenant_id = {tenant:UInt32} AND (task_id LIKE {q:String} OR name = {q:String})"
        for text in (*HOSTILE, "x' OR tenant_id = 2 OR name = 'x", "%"):
            answer = await store.ask(sql, {"tenant": 1, "q": text})
            assert {task for (task,) in answer.rows} <= {"mine"}
        for tenant in (2**32 + 2, "1 OR 1", "2) OR (1=1", [2], None):
            with pytest.raises(BadQuestion):
                await store.ask(sql, {"tenant": tenant, "q": "%"})

    async def test_thousands_of_ids_are_bound_at_once(self, store: Store) -> None:
        ids = [f"{n:032x}" for n in range(5_000)]
        await store.insert("events", ndjson(event(task_id=ids[-1])))
        answer = await store.ask("SELECT task_id FROM events WHERE task_id IN {ids:Array(String)}", {"ids": ids})
        assert answer.rows == [(ids[-1],)]


def any_code(chance: random.Random) -> int:
    """A code point that is text; half of them ones that SQL or JSON treats in its own way."""
    odd = [0, 8, 9, 10, 12, 13, 34, 36, 37, 39, 91, 92, 93, 96, 123, 125, 0x2018, 0xFEFF, 0xFFFF, 0x10FFFF]
    return chance.choice([chance.choice(odd), chance.randrange(0xD800), chance.randrange(0xE000, 0x110000)])
