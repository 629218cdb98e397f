"""No answer crosses tenants, or the clusters a credential is limited to; on every route, with the same slugs and ids."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import orjson
import pytest

from meadow.core.scope import Permission
from meadow.query.offers import OFFERS
from tests.query.conftest import Api
from tests.query.seeds import NOW_S, beat, event, insert, report, task

SQL = sorted((file.name, file.read_text()) for file in (files("meadow.query") / "sql").iterdir())
PATHS = (
    "/clusters",
    "/clusters/shop-eu",
    "/tasks",
    "/tasks?q=capture",
    "/tasks?sort=oldest",
    "/tasks?q=name:capture -traceback:x OR cluster:*",
    "/tasks/facets?by=name&buckets=10",
    "/tasks/facets?by=name&prefix=capture&q=-name:nothing",
    "/tasks/facets?by=cluster",
    "/tasks/t1",
    "/tasks/t1/events",
    "/workers",
    "/workers/celery@a",
    "/trends?by=name",
    "/trends?by=name&q=name:capture OR args:*",
    "/trends?by=cluster",
    "/problems",
    "/me",
)


@pytest.mark.parametrize(("name", "sql"), SQL)
def test_every_read_of_every_statement_is_bound_to_tenant_and_clusters(name: str, sql: str) -> None:
    """Each FROM of a table is followed by its own WHERE with both, before anything else is asked."""
    bound = r"(?: AS \w)?(?: FINAL)?\s+WHERE tenant_id = \{tenant_id:UInt32\} AND cluster_id IN \{cluster_ids:Array\(UInt32\)\}"
    reads = re.findall(r"\b(?:FROM|JOIN) (?!\()(\w+)", sql)
    assert reads
    assert len(re.findall(rf"\bFROM \w+{bound}", sql)) == len(reads)


async def seed(api: Api) -> None:
    """The same in both tenants but for a word: cluster 1 is shop-eu of acme, and shop-us of rival."""
    for tenant_id, cluster_id, mark in ((1, 1, "acme"), (1, 2, "acmeus"), (2, 3, "rival"), (2, 1, "rivalus")):
        place = {"tenant_id": tenant_id, "cluster_id": cluster_id}
        await insert(api.store, "tasks", [task("t1", name=f"{mark}.capture", args=f"('{mark}',)", **place)])
        child = task(
            f"{mark}-child", name=f"{mark}.capture", args=f"('{mark}',)", parent_id="t1", root_id="t1", **place
        )
        await insert(api.store, "tasks", [child])
        rows = [
            event("task-received", "t1", name=f"{mark}.capture", args=f"('{mark}',)", **place),
            event("task-started", "t1", hostname=f"celery@{mark}", **place),
            report(NOW_S - 5, 9, problem=f"{mark} is away", connected=False, **place),
        ]
        await insert(api.store, "events", rows)
        await insert(api.store, "workers_in", [beat("celery@a", NOW_S - 1, 1, version=mark, **place)])


@pytest.mark.parametrize("path", PATHS)
async def test_two_tenants_with_the_same_names_never_meet(api: Api, path: str) -> None:
    await seed(api)
    mine, theirs = [orjson.dumps(await api.get(path, caller)).decode() for caller in ("ann", "eve")]
    assert "rival" not in mine
    assert "acme" not in theirs
    assert "acme" in mine or "by=cluster" in path
    assert "rival" in theirs or "by=cluster" in path


@pytest.mark.parametrize("path", PATHS)
async def test_a_credential_for_one_cluster_sees_that_one(api: Api, path: str) -> None:
    await seed(api)
    text = orjson.dumps(await api.get(path, "euro")).decode()
    assert "acmeus" not in text
    assert "shop-us" not in text
    assert "also_in" not in text or '"also_in":[]' in text


@pytest.mark.parametrize(
    "path",
    [
        "/tasks",
        "/tasks/t1",
        "/tasks/t1/events",
        "/workers",
        "/workers/celery@a",
        "/workers/celery@a/history",
        "/trends",
        "/problems",
        "/live",
    ],
)
async def test_another_cluster_is_as_absent_as_one_that_is_not_there(api: Api, path: str) -> None:
    await seed(api)
    absent = await api.ask(path, "euro", cluster="none")
    assert absent[0] == 404
    assert await api.ask(path, "euro", cluster="shop-us") == absent


async def test_a_credential_for_no_cluster_sees_nothing(api: Api) -> None:
    await seed(api)
    for path in ("/clusters", "/tasks", "/tasks?q=t1", "/workers"):
        assert (await api.get(path, "lost"))["items"] == []
    assert (await api.ask("/tasks/t1", "lost"))[0] == 404
    assert (await api.get("/trends", "lost"))["totals"]["count"] == 0


async def test_a_cursor_of_another_tenant_only_names_a_place(api: Api) -> None:
    await seed(api)
    for path in ("/tasks", "/workers", "/tasks/t1/events"):
        place = (await api.get(path, "ann", limit=1))["next"]
        assert place
        text = orjson.dumps(await api.get(path, "eve", cursor=place)).decode()
        assert "acme" not in text


def addresses() -> list[tuple[str, Permission]]:
    return [
        (
            one.path.removeprefix("/api/v1")
            .replace("{id}", "t1")
            .replace("{cluster}", "shop-eu")
            .replace("{hostname}", "w"),
            one.permission,
        )
        for one in OFFERS
        if one.permission is not None
    ]


@pytest.mark.parametrize(("path", "permission"), addresses())
async def test_every_question_needs_its_permission(api: Api, path: str, permission: Permission) -> None:
    status, body = await api.ask(path, "nobody")
    assert (status, body["code"], body["needs"]) == (403, "forbidden", str(permission))


async def test_me_tells_who_asks_and_never_the_credential(api: Api) -> None:
    item: dict[str, Any] = (await api.get("/me", "euro"))["item"]
    assert (item["subject"], item["tenant"], item["clusters"]) == ("euro", "acme", ["shop-eu"])
    assert "tasks:read" in item["permissions"]
    assert (await api.get("/me", "ann"))["item"]["clusters"] is None
    assert set(item) == {"subject", "tenant", "permissions", "clusters"}
