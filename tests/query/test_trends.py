"""Trends: aligned steps without holes, percentiles, keys by size."""

from __future__ import annotations

from typing import Any

from meadow.core.times import read_ms
from tests.query.conftest import Api
from tests.query.seeds import NOW_S, beat, event, insert, task

HOUR_S = NOW_S - NOW_S % 3_600 - 7_200  # a whole hour, some time ago


def done(task_id: str, at_s: float, **over: Any) -> dict[str, Any]:
    return task(task_id, born_s=at_s - 3, finished_s=at_s, **over)


async def seed(api: Api) -> None:
    rows = [done(f"s{n}", HOUR_S + 10, runtime_s=float(n + 1)) for n in range(4)]
    rows += [
        done("f", HOUR_S + 130, state="FAILURE", name="shop.refund"),
        done("r", HOUR_S + 150, retries=2, cluster_id=2),
    ]
    rows += [
        done("v", HOUR_S + 299, state="REVOKED", worker="celery@b"),
        done("after", HOUR_S + 300),
        done("before", HOUR_S - 1),
    ]
    rows += [task("running", state="STARTED", born_s=HOUR_S + 20)]
    await insert(api.store, "tasks", rows)


async def test_points_are_aligned_and_none_is_left_out(api: Api) -> None:
    await seed(api)
    body = await api.get("/trends", from_=HOUR_S + 30, to=HOUR_S + 300, step="1m")
    (line,) = body["items"]
    assert (body["step_s"], body["by"], line["key"], len(line["points"])) == (60, None, None, 5)
    assert read_ms(body["from"], 0) == HOUR_S * 1000
    assert [point["count"] for point in line["points"]] == [4, 0, 2, 0, 1]
    empty = line["points"][1]
    assert (empty["failure_rate"], empty["runtime_s"]) == (None, {"p50": None, "p95": None, "p99": None})
    first, third = line["points"][0], line["points"][2]
    assert (first["succeeded"], first["failure_rate"], first["queue_wait_s"]["p50"]) == (4, 0.0, 1.0)
    assert 2 <= first["runtime_s"]["p50"] <= 3
    assert (third["failed"], third["retried"], third["failure_rate"]) == (1, 1, 0.5)


async def test_totals_are_of_the_whole_range(api: Api) -> None:
    await seed(api)
    totals = (await api.get("/trends", from_=HOUR_S, to=HOUR_S + 300, step="5m"))["totals"]
    assert {name: totals[name] for name in ("count", "succeeded", "failed", "revoked", "retried")} == {
        "count": 7,
        "succeeded": 5,
        "failed": 1,
        "revoked": 1,
        "retried": 1,
    }
    assert totals["per_s"] == round(7 / 300, 6)
    assert totals["failure_rate"] == round(1 / 7, 6)


async def test_each_key_has_totals_of_its_own(api: Api) -> None:
    await seed(api)
    body = await api.get("/trends", from_=HOUR_S, to=HOUR_S + 300, step="1m", by="name")
    capture, refund = (line["totals"] for line in body["items"])
    assert (capture["count"], capture["failed"], capture["per_s"]) == (6, 0, round(6 / 300, 6))
    assert capture["spent_s"] == body["totals"]["spent_s"] >= 1 + 2 + 3 + 4
    assert capture["runtime_s"]["p99"] == max(point["runtime_s"]["p99"] or 0 for point in body["items"][0]["points"])
    assert (refund["count"], refund["failure_rate"], refund["spent_s"]) == (1, 1.0, None)


async def test_series_by_a_dimension_largest_first_the_rest_folded(api: Api) -> None:
    await seed(api)
    span: dict[str, Any] = {"from_": HOUR_S, "to": HOUR_S + 300, "step": "5m"}
    assert [line["key"] for line in (await api.get("/trends", by="name", **span))["items"]] == [
        "shop.capture",
        "shop.refund",
    ]
    assert [line["key"] for line in (await api.get("/trends", by="cluster", **span))["items"]] == ["shop-eu", "shop-us"]
    folded = (await api.get("/trends", by="state", top=1, **span))["items"]
    assert [(line["key"], line["points"][0]["count"]) for line in folded] == [("SUCCESS", 5), ("(other)", 2)]


async def test_filters(api: Api) -> None:
    await seed(api)
    span: dict[str, Any] = {"from_": HOUR_S, "to": HOUR_S + 300, "step": "5m"}
    for query, count in (
        ({"worker": "celery@b"}, 1),
        ({"state": "FAILURE"}, 1),
        ({"cluster": "shop-us"}, 1),
        ({"name": "none"}, 0),
    ):
        assert (await api.get("/trends", **span, **query))["totals"]["count"] == count


async def test_nothing_is_a_line_of_zeros(api: Api) -> None:
    body = await api.get("/trends")
    assert len(body["items"][0]["points"]) in (60, 61)
    assert (body["totals"]["count"], body["totals"]["failure_rate"], body["complete"]) == (0, None, True)
    assert (await api.get("/trends", by="name"))["items"] == []


async def test_a_task_born_days_before_it_finished_is_counted(api: Api) -> None:
    await insert(api.store, "tasks", [task("slow", born_s=HOUR_S - 3 * 86_400, finished_s=HOUR_S + 1)])
    assert (await api.get("/trends", from_=HOUR_S, to=HOUR_S + 60))["totals"]["count"] == 1


async def test_the_step_is_chosen_or_refused(api: Api) -> None:
    for back, step_s in (("now-1h", 60), ("now-24h", 300), ("now-7d", 900), ("now-30d", 3_600), ("now-90d", 86_400)):
        assert (await api.get("/trends", from_=back))["step_s"] == step_s
    status, body = await api.ask("/trends", from_="now-30d", step="1m")
    assert (status, body["field"]) == (400, "step")
    assert (await api.ask("/trends", from_=0))[0] == 400


async def test_a_search_narrows_counts_and_keys(api: Api) -> None:
    await seed(api)
    asked = {"from_": str(HOUR_S), "to": str(HOUR_S + 300), "step": "5m"}
    assert (await api.get("/trends", q="name:refund", **asked))["totals"]["count"] == 1
    assert (await api.get("/trends", q="runtime:>=3s OR state:REVOKED", **asked))["totals"]["count"] == 3
    lines = (await api.get("/trends", q="-state:SUCCESS", by="name", **asked))["items"]
    assert [(line["key"], line["points"][0]["count"]) for line in lines] == [("shop.capture", 1), ("shop.refund", 1)]


async def test_points_tell_how_much_of_what_is_known_was_seen(api: Api) -> None:
    """Of the clusters, whatever else is asked for; between the first and the last heartbeat of a step; null without two."""
    beats = [
        *(
            beat("celery@a", HOUR_S + at_s, processed)
            for at_s, processed in ((1, 10), (31, 13), (59, 14), (61, 15), (119, 15))
        ),
        *(beat("celery@b", HOUR_S + at_s, processed, cluster_id=2) for at_s, processed in ((2, 0), (58, 2), (130, 9))),
        *(beat("celery@a", HOUR_S + at_s, processed, tenant_id=2) for at_s, processed in ((1, 0), (59, 99))),
    ]
    await insert(api.store, "workers_in", beats)
    starts = [event("task-started", f"t{at_s}", HOUR_S + at_s) for at_s in (1, 10, 20, 40, 65)]
    starts += [
        event("task-started", "t10", HOUR_S + 10),
        event("task-started", "other", HOUR_S + 10, hostname="celery@b", cluster_id=2),
    ]
    await insert(api.store, "events", starts)
    body = await api.get("/trends", from_=HOUR_S, to=HOUR_S + 180, step="1m", q="name:none", name="none")
    points = body["items"][0]["points"]
    assert [(point["seen"], point["known"]) for point in points] == [(4, 6), (0, 0), (None, None)]
    await insert(api.store, "tasks", [done("e", HOUR_S + 10), done("u", HOUR_S + 10, cluster_id=2)])
    lines = (await api.get("/trends", from_=HOUR_S, to=HOUR_S + 60, step="1m", by="cluster"))["items"]
    shares = {line["key"]: (line["points"][0]["seen"], line["points"][0]["known"]) for line in lines}
    assert shares == {"shop-eu": (3, 4), "shop-us": (1, 2)}
