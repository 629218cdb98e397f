"""Problems of tasks: each kind is told with its numbers and the list behind it, and a quiet field has none."""

from __future__ import annotations

from meadow.query.times import shown_s
from tests.query.conftest import Api
from tests.query.seeds import NOW_S, beat, insert, report, task
from tests.query.troubles import DAY_S, HOUR_S, connected, found, one, runs, usual, waiting


async def test_a_quiet_field_has_none(api: Api) -> None:
    await connected(api)
    rows = [
        *usual("a"),
        *runs("a", 60, NOW_S - 800, NOW_S - 10, failed=1),
        *runs("once", 3, NOW_S - 500, NOW_S, failed=3),
    ]
    running = task("r", state="STARTED", name="a", worker="celery@b", born_s=NOW_S - 200)
    await insert(api.store, "tasks", [*rows, running])
    await insert(api.store, "workers_in", [beat("celery@b", NOW_S - 1, 5), beat("gone", NOW_S - 3 * DAY_S, 5)])
    await insert(api.store, "workers_in", [beat("celery@c", NOW_S - 60, 5, type="worker-offline")])
    assert await found(api) == []


async def test_a_name_that_fails_more_than_usual(api: Api) -> None:
    await connected(api)
    good = runs("pay.capture", 42, NOW_S - 800, NOW_S - 20)
    failing = runs("pay.capture", 7, NOW_S - 700, NOW_S - 30, failed=7)
    failing[-1]["exception"] = "TimeoutError('x')"
    await insert(api.store, "tasks", [*usual("pay.capture"), *good, *failing])
    item = await one(api, "failing")
    assert item["subject"] == "pay.capture"
    assert item["severity"] == "critical"
    assert (item["usual"], item["unit"], item["count"]) == (0.0025, "share", 7)
    assert item["text"] == f"pay.capture fails {item['value'] * 100:.1f} % of the time, usually 0.25 %."
    assert item["cause"] == "ValueError in 6 of 7 failures."
    assert item["since"] == shown_s(NOW_S - 900)
    assert item["link"] == {
        "page": "tasks",
        "params": {"cluster": "shop-eu", "q": "name:pay.capture state:FAILURE", "from": "now-1h"},
    }
    again = await one(api, "failing")
    assert again["id"] == item["id"]


async def test_since_is_the_beginning_of_the_first_step_that_was_too_bad(api: Api) -> None:
    await connected(api)
    failing = runs("a", 200, NOW_S - 4 * HOUR_S, NOW_S, failed=200)
    await insert(api.store, "tasks", [*usual("a", 2_000), *failing])
    assert (await one(api, "failing"))["since"] == shown_s(NOW_S - 4 * HOUR_S)


async def test_a_new_name_that_mostly_fails(api: Api) -> None:
    await connected(api)
    await insert(api.store, "tasks", runs("new name", 8, NOW_S - 600, NOW_S - 20, failed=6))
    item = await one(api, "failing")
    assert (item["usual"], item["value"]) == (None, 0.75)
    assert item["text"] == "new name fails 75.0 % of the time, and was too rare before to have a usual rate."
    assert item["cause"] == "All with ValueError."
    assert item["link"]["params"]["q"] == 'name:"new name" state:FAILURE'


async def test_a_name_that_is_slower_than_usual(api: Api) -> None:
    await connected(api)
    await insert(api.store, "tasks", [*usual("a", failed=0), *runs("a", 40, NOW_S - 800, NOW_S - 20, runtime_s=9.0)])
    item = await one(api, "slow")
    assert (item["severity"], item["unit"], item["count"]) == ("warning", "s", 40)
    assert item["text"] == "a takes 9 s at its 95th percentile, usually 2 s."
    assert item["since"] is not None
    assert item["cause"] is None
    assert item["link"]["params"]["q"] == "name:a state:SUCCESS runtime:>2000ms"


async def test_a_queue_that_grows(api: Api) -> None:
    await connected(api)
    began = runs("a", 10, NOW_S - 600, NOW_S - 100, queue="video")
    later = waiting(50, NOW_S - 300, NOW_S, eta=NOW_S + 900, name="later")
    await insert(
        api.store, "tasks", [*waiting(10, NOW_S - 1_800, NOW_S - 1_000), *waiting(40, NOW_S - 800, NOW_S - 5), *began]
    )
    await insert(api.store, "tasks", [row | {"task_id": f"l{row['task_id']}"} for row in later])
    item = await one(api, "backlog")
    assert (item["subject"], item["value"], item["usual"], item["unit"]) == ("video", 50, 10, "tasks")
    assert item["text"] == "50 tasks wait in video, 40 more than 15 m ago; the eldest for 30 m."
    assert item["cause"] == "10 tasks began in that time."
    assert item["link"]["params"]["q"] == "queue:video state:PENDING,RECEIVED"


async def test_a_long_queue_that_does_not_grow_and_a_burst_are_none(api: Api) -> None:
    await connected(api)
    burst = waiting(500, NOW_S - 20, NOW_S)
    steady = [row | {"queue": "mail"} for row in waiting(100, NOW_S - 4_000, NOW_S - 1_200)]
    unseen = [row | {"queue": "quiet", "sent_key": 0} for row in waiting(99, NOW_S - 800, NOW_S - 90)]
    await insert(api.store, "tasks", [*burst, *steady, *unseen])
    assert await found(api) == []


async def test_nothing_is_said_of_queues_where_no_worker_was_ever_heard(api: Api) -> None:
    await insert(api.store, "events", [report(NOW_S - 2, 9)])
    await insert(api.store, "tasks", waiting(40, NOW_S - 800, NOW_S - 5))
    assert await found(api) == []


async def test_tasks_that_are_lost(api: Api) -> None:
    await connected(api)
    rows = [task(f"l{n}", state="LOST", born_s=NOW_S - 600, finished_s=NOW_S - 500 + n, name="a") for n in range(3)]
    known = task("old", state="LOST", born_s=NOW_S - 3 * DAY_S, finished_s=NOW_S - 2 * DAY_S, name="a")
    await insert(api.store, "tasks", [*rows, known])
    item = await one(api, "lost")
    assert (item["severity"], item["count"], item["text"]) == ("critical", 3, "3 tasks of a are lost.")
    assert item["cause"] == "With celery@a."
    assert item["link"]["params"]["q"] == "name:a state:LOST"


async def test_tasks_that_run_far_beyond_their_time(api: Api) -> None:
    await connected(api, active=1)
    rows = [task(f"s{n}", state="STARTED", born_s=NOW_S - 1_001 - n, name="a") for n in range(2)]
    await insert(api.store, "tasks", [*usual("a"), *rows, task("young", state="STARTED", name="a")])
    item = await one(api, "stuck")
    assert (item["count"], item["usual"], item["unit"], item["value"]) == (2, 2.0, "s", 1_001.0)
    assert item["text"] == "2 tasks of a run beyond 5 m, the longest for 16 m 41 s; usually it takes 2 s."


async def test_what_an_idle_worker_is_said_to_run_is_not_stuck(api: Api) -> None:
    """Its heartbeat says that it runs nothing: the end was not seen, which is another problem."""
    await connected(api)
    await insert(api.store, "tasks", [*usual("a"), task("s", state="STARTED", born_s=NOW_S - 1_000, name="a")])
    assert await found(api) == []


async def test_tasks_begun_on_a_worker_that_ended(api: Api) -> None:
    await connected(api)
    await insert(api.store, "workers_in", [beat("celery@b", NOW_S - 60, 5, type="worker-offline")])
    await insert(
        api.store,
        "tasks",
        [task("s", state="STARTED", worker="celery@b"), task("r", state="RECEIVED", worker="celery@b")],
    )
    item = await one(api, "stuck")
    assert (item["subject"], item["count"], item["severity"]) == ("celery@b", 1, "critical")
    assert item["text"] == "1 task was begun on celery@b, which ended before it did."
    assert item["link"]["params"]["q"] == "worker:celery@b state:STARTED"
