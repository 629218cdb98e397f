"""Two tenants with clusters of the same names and tasks of the same ids never meet, by any route of registry or query."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from meadow.control.registry.offers import CLUSTERS
from meadow.core.registry import Registry
from meadow.core.slugs import stable_id
from meadow.core.stores.chdb import ChdbStore
from meadow.query.service import Query
from meadow.query.settings import QuerySettings
from tests.control.registrar import Office, office
from tests.query.seeds import beat, event, insert, task

SLUGS = ("eu", "us")
TASK = "00000000-0000-0000-0000-000000000001"
MINE, THEIRS = "shop.of.acme", "shop.of.rival"
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/clusters"): {"slug": "eu", "url": "redis://mine/1"},
    ("POST", "/clusters/check"): {"url": "redis://127.0.0.1:1/1"},
    ("PATCH", "/clusters/{cluster}"): {"holders": 5},
}


class Late:
    """The registry of the office, for a part that is made before it."""

    registry: Registry


@pytest.fixture
async def at(tmp_path: Path, chdb_store: ChdbStore) -> AsyncIterator[Office]:
    """Both tenants have `eu` and `us`, and in each the same task."""
    late = Late()
    query = Query(chdb_store, None, lambda: late.registry.directory, QuerySettings())  # type: ignore[arg-type] # no tail here
    async with office(tmp_path, parts=(query,)) as made:
        late.registry = made.registry
        for slug in SLUGS:
            await made.add(slug, f"redis://acme-{slug}/1")
            await made.add(slug, f"redis://rival-{slug}/1", who="eve")
        for tenant, name in (("acme", MINE), ("rival", THEIRS)):
            await _stories(chdb_store, made.registry.tenants()[tenant].id, name)
        yield made


async def _stories(store: ChdbStore, tenant_id: int, name: str) -> None:
    where = [{"tenant_id": tenant_id, "cluster_id": stable_id(slug)} for slug in SLUGS]
    await insert(store, "tasks", [task(TASK, name=name, **one) for one in where])
    await insert(store, "events", [event("task-received", TASK, name=name, **one) for one in where])
    await insert(store, "workers_in", [beat(f"celery@{name}", event("x")["at"], 1, **one) for one in where])


def test_their_clusters_share_ids_and_their_tenants_do_not() -> None:
    assert stable_id("acme") != stable_id("rival")


async def test_every_route_of_clusters_reaches_the_callers_own(at: Office) -> None:
    theirs = at.registry.all_clusters("rival")
    for offer in CLUSTERS:
        path = offer.path.removeprefix("/api/v1")
        for slug in SLUGS:
            asked = path.replace("{cluster}", slug)
            etag = (await at.call("GET", f"/clusters/{slug}/registration")).etag
            answer = await at.call(offer.method, asked, BODIES.get((offer.method, path)), version=etag)
            assert answer.status in ({201, 409} if path == "/clusters" else {200, 204}), (asked, answer.text)
            assert "rival" not in answer.text
            assert at.registry.all_clusters("rival") == theirs
    assert at.registry.all_clusters("acme") == []
    assert (await at.call("GET", "/clusters/eu/registration", who="eve")).item["broker"] == "redis://rival-eu/1"


async def test_the_version_of_the_others_cluster_is_none_of_ours(at: Office) -> None:
    etag = (await at.call("GET", "/clusters/eu/registration", who="eve")).etag
    assert (await at.call("DELETE", "/clusters/eu", version=etag)).status == 412
    assert (await at.call("PATCH", "/clusters/eu", {"holders": 2}, version=etag)).status == 412


async def test_what_only_the_other_has_is_not_there(at: Office) -> None:
    await at.add("secret", "redis://rival-secret/1", who="eve")
    absent, hidden = [
        [await at.call(method, path.replace("X", slug), body, version='"1"') for method, path, body in _asked()]
        for slug in ("nowhere", "secret")
    ]
    assert [answer.code for answer in absent] == ["not_found"] * len(absent)
    assert [answer.body for answer in absent] == [answer.body for answer in hidden]
    assert (await at.add("secret", "redis://acme-secret/1")).status == 201
    assert (await at.call("GET", "/clusters/secret/registration", who="eve")).item["broker"] == "redis://rival-secret/1"


def _asked() -> list[tuple[str, str, Any]]:
    return [
        ("GET", "/clusters/X/registration", None),
        ("PATCH", "/clusters/X", {"holders": 2}),
        ("DELETE", "/clusters/X", None),
        ("GET", "/clusters/X", None),
    ]


async def test_questions_go_by_the_registry(at: Office) -> None:
    for path in ("/clusters", "/clusters/eu", "/tasks", f"/tasks/{TASK}", f"/tasks/{TASK}/events", "/workers"):
        mine, theirs = await at.call("GET", path), await at.call("GET", path, who="eve")
        assert (mine.status, theirs.status) == (200, 200)
        assert not [word for word in (THEIRS, "rival") if word in mine.text]
        assert not [word for word in (MINE, "acme") if word in theirs.text]
        if path.startswith(("/tasks", "/workers")):
            assert MINE in mine.text
            assert THEIRS in theirs.text


async def test_a_removed_cluster_is_asked_no_more_and_the_others_goes_on(at: Office) -> None:
    etag = (await at.call("GET", "/clusters/eu/registration")).etag
    await at.call("DELETE", "/clusters/eu", version=etag)
    assert (await at.call("GET", "/clusters/eu")).code == "not_found"
    assert (await at.call("GET", "/clusters/eu", who="eve")).status == 200
    mine = (await at.call("GET", "/tasks")).body["items"]
    theirs = (await at.call("GET", "/tasks", who="eve")).body["items"]
    assert {row["cluster"] for row in mine} == {"us"}
    assert {row["cluster"] for row in theirs} == {"eu", "us"}
    await at.add("eu", "redis://acme-eu/1")
    assert {row["cluster"] for row in (await at.call("GET", "/tasks")).body["items"]} == {"eu", "us"}
