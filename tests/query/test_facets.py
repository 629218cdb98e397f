"""Facets: how many tasks match by a dimension, and over time; and which fields a search has."""

from __future__ import annotations

from typing import Any

from meadow.core.times import read_ms
from meadow.query.grammar.fields import FIELDS
from meadow.query.histogram import stretches
from tests.query.conftest import Api
from tests.query.seeds import NOW_S, insert, task

HOUR_S = NOW_S - NOW_S % 3_600 - 7_200  # a whole hour, some time ago


async def seed(api: Api) -> None:
    rows = [task(f"s{n}", born_s=HOUR_S + n) for n in range(3)]
    rows += [
        task("f1", born_s=HOUR_S + 61, state="FAILURE", name="shop.refund", worker="celery@b"),
        task("f2", born_s=HOUR_S + 119, state="FAILURE", name="shop.refund", queue="slow", cluster_id=2),
        task("p", born_s=HOUR_S + 240, state="PENDING", worker=""),
        task("x", born_s=HOUR_S + 299, custom="LOST", state="LOST"),
        task("after", born_s=HOUR_S + 300),
        task("theirs", born_s=HOUR_S, tenant_id=2, name="rival.task", worker="celery@rival", queue="rival"),
    ]
    await insert(api.store, "tasks", rows)


async def ask(api: Api, caller: str = "ann", **query: Any) -> dict[str, Any]:
    return await api.get("/tasks/facets", caller, **{"from_": HOUR_S, "to": HOUR_S + 300, **query})


def counts(body: dict[str, Any]) -> dict[str, int]:
    return {item["key"]: item["count"] for item in body["items"]}


async def test_each_dimension_is_counted_by_the_most_frequent(api: Api) -> None:
    await seed(api)
    body = await ask(api)
    assert body["items"][0] == {"key": "SUCCESS", "count": 3}
    assert counts(body) == {"SUCCESS": 3, "FAILURE": 2, "PENDING": 1, "LOST": 1}
    assert (body["total"], body["more"], body["complete"], body["histogram"]) == (7, False, True, None)
    assert counts(await ask(api, by="name")) == {"shop.capture": 5, "shop.refund": 2}
    assert counts(await ask(api, by="worker")) == {"celery@a": 5, "celery@b": 1}
    assert counts(await ask(api, by="queue")) == {"payments": 6, "slow": 1}
    assert counts(await ask(api, by="cluster")) == {"shop-eu": 6, "shop-us": 1}
    assert counts(await ask(api, by="exception")) == {"ValueError": 2}
    assert counts(await ask(api, "bob", by="exception")) == {"ValueError": 2}


async def test_the_scheduled_are_a_part_of_those_that_wait(api: Api) -> None:
    """Sent or taken, and due later; counted as the states are, whichever of them was asked for, and in no sum."""
    await seed(api)
    due: dict[str, Any] = {"born_s": HOUR_S + 10, "eta": NOW_S + 600}
    rows = [task("sent", state="PENDING", **due), task("taken", state="RECEIVED", queue="slow", **due)]
    begun, over = task("begun", state="STARTED", **due), task("over", state="RECEIVED", **(due | {"eta": NOW_S - 1}))
    await insert(api.store, "tasks", [*rows, begun, over, task("others", state="PENDING", tenant_id=2, **due)])
    body = await ask(api)
    assert (body["scheduled"], body["total"], sum(counts(body).values())) == (2, 11, 11)
    assert (counts(body)["PENDING"], counts(body)["RECEIVED"]) == (2, 2)
    for query in (
        {"q": "queue:slow"},
        {"q": "queue:slow state:FAILURE"},
        {"queue": "slow", "state": "LOST", "prefix": "x"},
    ):
        assert (await ask(api, buckets=5, **query))["scheduled"] == 1
    found = await api.get("/tasks", q="state:scheduled", from_=HOUR_S)
    assert sorted(item["id"] for item in found["items"]) == ["sent", "taken"]
    assert (await ask(api, by="queue"))["scheduled"] is None


async def test_states_are_counted_without_what_was_asked_of_states(api: Api) -> None:
    """So that a page can show how many there would be of the others."""
    await seed(api)
    refunds = {"FAILURE": 2}
    for query in (
        {"q": "name:refund state:FAILURE"},
        {"q": "name:refund -state:FAILURE"},
        {"q": "name:refund", "state": "LOST"},
    ):
        assert counts(await ask(api, **query)) == refunds
    assert (await ask(api, q="name:refund -state:FAILURE"))["total"] == 0
    assert (await ask(api, q="state:FAILURE OR name:capture"))["total"] == 7
    assert counts(await ask(api, q="state:FAILURE OR name:capture")) == {
        "SUCCESS": 3,
        "FAILURE": 2,
        "PENDING": 1,
        "LOST": 1,
    }
    one = await ask(api, q="state:FAILURE", by="name", buckets=5)
    assert (counts(one), one["total"]) == ({"shop.refund": 2}, 2)
    assert counts(await ask(api, state="FAILURE", by="name")) == {"shop.refund": 2}


async def test_filters_and_search_narrow_all_of_it(api: Api) -> None:
    await seed(api)
    assert counts(await ask(api, q="refund -worker:b")) == {"FAILURE": 1}
    assert counts(await ask(api, cluster="shop-us", by="queue")) == {"slow": 1}
    assert counts(await ask(api, name="shop.refund", worker="celery@b", queue="payments")) == {"FAILURE": 1}
    assert (await ask(api, name="none", buckets=3))["total"] == 0


async def test_keys_are_completed_and_limited(api: Api) -> None:
    await seed(api)
    assert counts(await ask(api, by="name", prefix="REF")) == {"shop.refund": 2}
    assert counts(await ask(api, by="cluster", prefix="US")) == {"shop-us": 1}
    assert counts(await ask(api, by="name", prefix="%")) == {}
    body = await ask(api, by="state", limit=2, buckets=200)
    assert ([item["key"] for item in body["items"]], body["more"], body["total"]) == (["SUCCESS", "FAILURE"], True, 7)
    assert (await ask(api, by="cluster", limit=1))["more"]


async def test_the_histogram_is_of_births_in_round_steps(api: Api) -> None:
    await seed(api)
    body = (await ask(api, buckets=5))["histogram"]
    assert (body["step_s"], read_ms(body["from"], 0), read_ms(body["to"], 0)) == (
        60,
        HOUR_S * 1000,
        (HOUR_S + 300) * 1000,
    )
    assert [point["matching"] for point in body["points"]] == [3, 2, 0, 0, 2]
    assert [point["failed"] for point in body["points"]] == [0, 2, 0, 0, 0]
    assert [point["lost"] for point in body["points"]] == [0, 0, 0, 0, 1]
    of_failures = (await ask(api, buckets=5, q="state:FAILURE"))["histogram"]
    assert [point["matching"] for point in of_failures["points"]] == [0, 2, 0, 0, 0]


async def test_without_a_range_it_begins_with_the_oldest_and_ends_now(api: Api) -> None:
    await insert(
        api.store, "tasks", [task("old", born_s=NOW_S - 86_400 * 3), task("new"), task("ahead", born_s=NOW_S + 60)]
    )
    body = await api.get("/tasks/facets", buckets=10)
    points = body["histogram"]["points"]
    newest = sum(point["matching"] for point in points[-2:])  # in one of them, but for midnight between the two
    assert (body["total"], points[0]["matching"], newest) == (3, 1, 2)
    assert 6 <= len(points) <= 11
    assert (await api.get("/tasks/facets", "lost", buckets=10))["total"] == 0


def test_steps_are_round_and_about_as_many_as_wanted() -> None:
    for range_s in (1, 59, 3_600, 86_400, 90 * 86_400, 10_000 * 86_400):
        for wanted in (0, 1, 7, 60, 200):
            made = stretches(1_795_000_123_456, 1_795_000_123_456 + range_s * 1000, wanted)
            assert made.start_ms % made.step_ms == 0
            assert made.start_ms + made.count * made.step_ms >= 1_795_000_123_456 + range_s * 1000
            assert made.count <= max(1, wanted) + 1
    assert stretches(0, 1, 200).count == 1


async def test_fields_are_told_with_what_they_take(api: Api) -> None:
    items = (await api.get("/tasks/fields"))["items"]
    assert [item["name"] for item in items] == list(FIELDS)
    hidden = [item["name"] for item in items if item["needs"] == "tasks:payload"]
    assert hidden == ["args", "kwargs", "result", "traceback"]
    for item in items:
        assert (await api.ask("/tasks", q=item["example"]))[0] == 200
        for value in item["values"] or ():
            assert (await api.ask("/tasks", q=f"{item['name']}:{value}"))[0] == 200
