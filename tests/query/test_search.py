"""The search grammar on real rows: every field, every operator, and what is not known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.query.conftest import Api
from tests.query.seeds import NOW_S, event, insert, task

DAY = datetime.fromtimestamp(NOW_S, UTC).date().isoformat()
ID = "797dc3e1-ef95-4891-bb1d-29ec85dae294"


PARTS = 4
CASES = {
    # state: Celery's names and the page's, in any case; custom ones; the scheduled
    "state:FAILURE": "b",
    "state:failed,Waiting": "bc",
    "state:progress": "e",
    "state:Scheduled": "d",
    "state:received": "d",
    "-state:SUCCESS": "bcde",
    "STATE:succeeded": "a",
    "state:none": "",
    "state:=FAILURE": "b",
    "state:*": "abcde",
    # names: a part, the whole, a pattern
    "name:REFUND": "b",
    "name:=shop.capture": "ac",
    "name:=shop": "",
    "name:shop.*": "abc",
    "name:*.s*": "de",
    "name:s*d": "",
    "name:fund_a": "b",
    "name:fundXa": "",
    'name:"shop.*"': "",
    "name:capture,sweep": "ace",
    # unknown is '': no value matches it, a negation finds it
    "worker:b1": "b",
    "worker:celery@*": "abde",
    "-worker:b1": "acde",
    "worker:*": "abde",
    "-worker:*": "c",
    'worker:""': "c",
    "queue:slow": "bc",
    "queue:=slow": "b",
    "queue:slow%": "c",
    "queue:*w%": "c",
    "queue:*w_": "",
    "cluster:shop-us": "e",
    "cluster:EU": "abcd",
    "-cluster:shop-*": "",
    "cluster:[a-z]*": "",
    "cluster:=shop-eu,none": "abcd",
    # ids: the beginning, the whole, a pattern
    "id:797d": "a",
    f"id:{ID}": "a",
    f"id:={ID}": "a",
    "id:=797d": "",
    "id:*bb1d*": "a",
    "id:9": "",
    "-id:797": "bcde",
    "root:797dc": "ab",
    "parent:797dc": "b",
    "-parent:*": "acde",
    # payload
    "args:ORDER": "a",
    'args:"hello world"': "d",
    "args:r-47": "a",
    "args:('order-4711',": "a",
    "args:x%y": "",
    "-args:*": "c",
    "kwargs:amount=20": "a",
    "kwargs:amount=200": "b",
    "kwargs:who=Ann": "a",
    "kwargs:who=Bob,who=Ann": "ab",
    "kwargs:who": "ab",
    "kwargs:who=bob": "",
    "kwargs:mount=20": "",
    "result:done": "ae",
    "exception:timeout": "b",
    'exception:"no answer"': "b",
    "exception:=TimeoutError": "b",
    "exception:=Timeout": "",
    "exception:time*in": "",
    "exception:Time*": "b",
    "-exception:*": "acde",
    "traceback:lost_key": "b",
    'traceback:"first attempt"': "b",
    "-traceback:lost_key": "acde",
    "traceback:*": "b",
    'traceback:"another cluster"': "",
    'traceback:"another tenant"': "",
    "traceback:key -state:FAILURE": "",
    # numbers
    "retries:2": "b",
    "retries:>=2": "b",
    "retries:>2": "",
    "retries:<2": "acde",
    "retries:0": "acde",
    "retries:1..5": "b",
    "retries:..1": "acde",
    "retries:1..,0": "abcde",
    "-retries:>0": "acde",
    # durations
    "runtime:>1m": "e",
    "runtime:>=500ms": "ae",
    "runtime:>500ms": "e",
    "runtime:<1": "a",
    "runtime:0.5": "a",
    "runtime:500ms..2h": "ae",
    "runtime:<1d": "ae",
    "-runtime:>1m": "abcd",
    "runtime:*": "ae",
    "wait:>30s": "b",
    "wait:<30s": "a",
    "-wait:>30s": "acde",
    # times
    "eta:>now": "d",
    "-eta:*": "abce",
    "sent:>now-1h": "abcde",
    "received:<now-1h": "",
    "received:>now-1h": "abde",
    "started:>now-30s": "b",
    "started:*": "ab",
    f"finished:{int(NOW_S) - 57}..now": "ab",
    "finished:>now": "",
    "finished:2020-01-01..2020-12-31": "",
    f"sent:>={DAY},<{DAY}": "abcde",
    f"sent:>{DAY}": "",
    # logic
    "state:FAILURE OR state:PENDING": "bc",
    "state:FAILURE name:mail": "",
    "state:FAILURE AND name:shop": "b",
    "NOT state:FAILURE name:shop": "ac",
    "name:mail (state:PROGRESS OR state:FAILURE)": "e",
    "name:mail state:PROGRESS OR state:FAILURE": "be",
    "-(state:FAILURE OR name:mail)": "ac",
    "NOT NOT state:FAILURE": "b",
    "--state:FAILURE": "b",
    "((((state:FAILURE))))": "b",
    # words
    "4711": "a",
    "-4711": "bcde",
    '"hello world" OR refund': "bd",
    "797dc3e1": "a",
    "797dc3e1 state:SUCCESS": "a",
    "797dc3e1 refund": "",
    "TimeoutError('no": "b",
    r'"\"who\":\"Bob\""': "b",
    "12:30": "",
}


async def seed(api: Api) -> None:
    """a: succeeded quickly; b: failed after two retries; c: only sent; d: running, due later; e: a custom state of shop-us."""
    rows = [
        task(ID, args="('order-4711', 'x_y', 100)", kwargs="{'amount': 20, 'who': 'Ann'}", runtime_s=0.5),
        task(
            "b",
            state="FAILURE",
            retries=2,
            name="shop.Refund_all",
            worker="celery@b1",
            queue="slow",
            exception="TimeoutError('no answer in 30 s')",
            kwargs='{"amount":200,"who":"Bob"}',
            root_id=ID,
            parent_id=ID,
            started_at=NOW_S - 20,
            args="()",
        ),
        task("c", state="PENDING", worker="", received_key=0, args="", kwargs="", root_id="", queue="slow%"),
        task("d", state="RECEIVED", name="mail.send", eta=NOW_S + 600, args="['hello world']"),
        task("e", state="PROGRESS", name="mail.sweep", cluster_id=2, runtime_s=7200, result="Done it", args="()"),
    ]
    await insert(api.store, "tasks", rows)
    traces = [
        event("task-failed", "b", NOW_S - 50, traceback="File a.py\nKeyError: Lost_Key"),
        event("task-retried", "b", NOW_S - 55, traceback="first attempt"),
        event("task-custom", "d", NOW_S - 50, traceback="first attempt"),
        event("task-failed", "b", NOW_S - 50, traceback="another cluster", cluster_id=2),
        event("task-failed", "b", NOW_S - 50, traceback="another tenant", tenant_id=2),
    ]
    await insert(api.store, "events", traces)


async def found(api: Api, q: str, caller: str = "ann", **more: str) -> str:
    """The first letters of what is found, in order."""
    items = (await api.get("/tasks", caller, q=q, **{"from_": "now-1h", **more}))["items"]
    return "".join(sorted(item["id"][0].replace("7", "a") for item in items))


@pytest.mark.parametrize("part", range(PARTS))
async def test_what_is_found(api: Api, part: int) -> None:
    """Many in one store, and of the last hour, because a store is dear to open and each window a statement."""
    await seed(api)
    mine = list(CASES.items())[part::PARTS]
    assert [(q, await found(api, q)) for q, _ in mine] == mine


async def test_what_is_hidden_cannot_be_searched(api: Api) -> None:
    for q in ("args:order", "KWARGS:who=Ann", "-result:done", "traceback:key", "a (name:b OR args:*)"):
        status, body = await api.ask("/tasks", "bob", q=q)
        assert (status, body["code"], body["needs"]) == (400, "bad_question", "tasks:payload")
        assert q[body["position"] :][: body["length"]].lower() in ("args", "kwargs", "result", "traceback")


async def test_without_payload_an_exception_is_its_type(api: Api) -> None:
    await seed(api)
    assert await found(api, "exception:timeout", "bob") == "b"
    assert await found(api, "exception:=TimeoutError", "bob") == "b"
    assert await found(api, "exception:answer", "bob") == ""
    assert await found(api, "exception:Time*30*", "bob") == ""
    assert await found(api, "797d", "bob") == "a"


async def test_a_credential_for_one_cluster_searches_that_one(api: Api) -> None:
    await seed(api)
    assert await found(api, "cluster:*", "euro") == "abcd"
    assert await found(api, "cluster:shop-us", "euro") == ""


async def test_a_search_joins_the_filters_and_the_range(api: Api) -> None:
    await seed(api)
    assert await found(api, "name:shop", state="FAILURE") == "b"
    assert await found(api, "name:shop", from_="", to="now-2h") == ""
    assert await found(api, "traceback:key", from_="") == "b"
    for q in ("traceback:key", "NOT args:* OR retries:>1", "797d", "refund"):
        assert await found(api, q, sort="oldest") == await found(api, q)
