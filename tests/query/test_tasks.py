"""Lists of tasks: pages, filters, search, and what a caller without tasks:payload is not told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.conftest import Api
from tests.query.seeds import NOW_S, insert, task

DAY_S = 86_400


def ids(body: dict[str, Any]) -> list[str]:
    return [item["id"] for item in body["items"]]


async def test_a_task_is_shown_with_all_its_fields(api: Api) -> None:
    await insert(
        api.store, "tasks", [task("t1"), task("t2", state="PENDING", born_s=NOW_S - 61, received_key=0, root_id="")]
    )
    body = await api.get("/tasks")
    first, second = body["items"]
    assert (body["next"], body["complete"], body["payload"]) == (None, True, "shown")
    assert first["id"] == "t1"
    assert first["cluster"] == "shop-eu"
    assert first["state"] == "SUCCESS"
    assert (first["runtime_s"], first["queue_wait_s"], first["result"]) == (2.0, 1.0, "'done'")
    assert first["sent_at"].endswith(".000Z")
    assert (second["started_at"], second["finished_at"], second["eta"], second["runtime_s"]) == (None, None, None, None)
    assert (second["received_at"], second["queue_wait_s"], second["root_id"]) == (None, None, None)


@pytest.mark.parametrize("sort", ["newest", "oldest"])
@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_pages_hold_every_task_once_in_order(api: Api, sort: str, limit: int) -> None:
    """Births an instant apart, at the same instant, and beyond each window that is read."""
    ages_s = [1, 1, 1, 2, 3_599, 3_601, 3_601, DAY_S, DAY_S + 5, 31 * DAY_S, 80 * DAY_S]
    rows = [
        task(f"t{number:02}", born_s=NOW_S - age_s, cluster_id=1 + number % 2) for number, age_s in enumerate(ages_s)
    ]
    await insert(api.store, "tasks", rows)
    expected = [
        row["task_id"] for row in sorted(rows, key=lambda r: (r["anchor"], r["task_id"]), reverse=sort == "newest")
    ]
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = await api.get("/tasks", sort=sort, limit=limit, cursor=cursor)
        found += ids(body)
        cursor = body["next"]
        assert len(body["items"]) <= limit
    assert found == expected


async def test_a_range_is_of_births_and_excludes_its_end(api: Api) -> None:
    await insert(api.store, "tasks", [task(f"t{age}", born_s=NOW_S - age) for age in (10, 20, 30)])
    assert ids(await api.get("/tasks", from_=NOW_S - 30, to=NOW_S - 10)) == ["t20", "t30"]
    assert ids(await api.get("/tasks", from_=NOW_S - 30, to=NOW_S - 10, sort="oldest")) == ["t30", "t20"]
    assert ids(await api.get("/tasks", from_="now-1h", to="now")) == ["t10", "t20", "t30"]


async def test_a_task_of_a_clock_that_runs_ahead_is_in_the_list(api: Api) -> None:
    await insert(api.store, "tasks", [task("ahead", born_s=NOW_S + 3_600)])
    assert ids(await api.get("/tasks")) == ["ahead"]


async def test_filters_are_exact_and_any_repeat_matches(api: Api) -> None:
    rows = [
        task("failed", state="FAILURE"),
        task("progress", state="PROGRESS", worker="celery@b"),
        task("other", name="shop.refund", queue="slow", cluster_id=2),
    ]
    await insert(api.store, "tasks", rows)
    assert ids(await api.get("/tasks", state="failure")) == ["failed"]
    assert set(ids(await api.get("/tasks", state=["FAILURE", "PROGRESS"]))) == {"failed", "progress"}
    assert ids(await api.get("/tasks", worker="celery@b")) == ["progress"]
    assert ids(await api.get("/tasks", name="shop.refund", queue="slow")) == ["other"]
    assert ids(await api.get("/tasks", cluster="shop-us")) == ["other"]
    assert ids(await api.get("/tasks", name="shop")) == []


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("4711", {"a"}),
        ("ORDER-4711", {"a"}),
        ('"card declined"', {"b"}),
        ('"declined card"', set()),
        ("declined card", {"b"}),
        ("REFUND", {"c"}),
        ("fund", {"c"}),
        ("refund 4712", {"c"}),
        ("refund 4711", set()),
        ("471", set()),
        ("b0b1", {"b"}),
        ("b0b1c2d3", {"b"}),
        ("100%", {"c"}),
        ("_", {"a", "b", "c"}),
        ("snow☃man", {"c"}),
        ("'; drop table tasks", set()),
        ("\\", set()),
    ],
)
async def test_search_finds_words_phrases_names_and_ids(api: Api, q: str, expected: set[str]) -> None:
    rows = [
        task("a", args="('order-4711', 'x_y')", name="shop.cap_ture"),
        task("b0b1c2d3", state="FAILURE", args="()", exception="ValueError('Card declined')", kwargs="{'a_b': 1}"),
        task("c", name="shop.Refund_All", args="('order-4712', '100%', 'snow☃man')"),
    ]
    await insert(api.store, "tasks", rows)
    assert {found[0] for found in ids(await api.get("/tasks", q=q))} == expected


async def test_without_payload_nothing_of_it_is_told_not_even_by_searching(api: Api) -> None:
    await insert(api.store, "tasks", [task("t1", state="FAILURE", args="('hush',)", exception="KeyError('hush')")])
    body = await api.get("/tasks", "bob")
    item = body["items"][0]
    assert body["payload"] == "hidden"
    assert (item["args"], item["kwargs"], item["result"], item["exception"]) == (None, None, None, "KeyError")
    assert ids(await api.get("/tasks", "ann", q="hush")) == ["t1"]
    assert ids(await api.get("/tasks", "bob", q="hush")) == []
    assert ids(await api.get("/tasks", "bob", q="keyerror")) == ["t1"]
    assert ids(await api.get("/tasks", "bob", q="capture")) == ["t1"]


async def test_a_superseded_or_moved_row_is_not_shown(api: Api) -> None:
    await insert(api.store, "tasks", [task("t1", state="STARTED", version=1)])
    await insert(api.store, "tasks", [task("t1", state="SUCCESS", version=2), task("t2", version=1)])
    await insert(api.store, "tasks", [task("t2", version=2, is_deleted=1)])
    body = await api.get("/tasks")
    assert [(item["id"], item["state"]) for item in body["items"]] == [("t1", "SUCCESS")]


@pytest.mark.parametrize("sort", ["runtime", "wait"])
async def test_the_longest_come_first_and_pages_hold_each_once(api: Api, sort: str) -> None:
    """By run or wait, equal ones too; unknown comes last; a range is kept to."""
    lengths_s = [5, 1, 1, 1, 0.25, 7200, 0, 0]
    rows = [
        task(
            f"t{number}",
            cluster_id=1 + number % 2,
            runtime_s=length_s,
            started_at=NOW_S - 60 + length_s if length_s else 0,
        )
        for number, length_s in enumerate(lengths_s)
    ]
    await insert(api.store, "tasks", [*rows, task("before", born_s=NOW_S - 7_200, runtime_s=9_999)])
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = await api.get("/tasks", sort=sort, limit=3, from_="now-1h", cursor=cursor)
        found += ids(body)
        cursor = body["next"]
    assert found == ["t5", "t0", "t3", "t2", "t1", "t4", "t7", "t6"]
    assert ids(await api.get("/tasks", sort=sort, limit=1)) == ["before" if sort == "runtime" else "t5"]
    assert ids(await api.get("/tasks", sort=sort, q="runtime:<2s", from_="now-1h", limit=2)) == ["t3", "t2"]


async def test_how_long_a_failure_ran_is_told_searched_and_sorted_by_its_times(api: Api) -> None:
    """From its last start to its end; what workers do not say of it is not guessed where a time is missing or absurd."""
    failed: dict[str, Any] = {"state": "FAILURE", "born_s": NOW_S - 90}
    rows = [
        task("succeeded", runtime_s=2.5),
        task("failed", started_at=NOW_S - 90, finished_s=NOW_S - 90 + 40.1, **failed),
        task("at-once", started_at=NOW_S - 90, finished_s=NOW_S - 90, **failed),
        task("unbegun", **(failed | {"started_at": 0})),
        task("again", started_at=NOW_S - 10, finished_s=NOW_S - 80, **failed),
        task("revoked", state="REVOKED", started_at=NOW_S - 90),
        task(
            "child",
            parent_id="succeeded",
            started_at=NOW_S - 60,
            finished_s=NOW_S - 57,
            **(failed | {"born_s": NOW_S - 60}),
        ),
    ]
    await insert(api.store, "tasks", rows)
    told = {item["id"]: item["runtime_s"] for item in (await api.get("/tasks"))["items"]}
    unknown = dict.fromkeys(("unbegun", "again", "revoked"))
    assert told == {"succeeded": 2.5, "failed": 40.1, "at-once": 0.0, "child": 3.0, **unknown}
    longest = ids(await api.get("/tasks", sort="runtime", from_="now-1h", limit=3))
    assert longest == ["failed", "child", "succeeded"]
    for q, matches in {
        "runtime:*": {"succeeded", "failed", "at-once", "child"},
        "runtime:>=40.1s": {"failed"},
        "runtime:<=2500ms": {"succeeded", "at-once"},
        "-runtime:>2s": {"at-once", *unknown},
        "runtime:3s state:failed": {"child"},
    }.items():
        assert set(ids(await api.get("/tasks", q=q, from_="now-1h"))) == matches, q
    story = (await api.get("/tasks/succeeded"))["item"]
    assert [child["runtime_s"] for child in story["children"]] == [3.0]
