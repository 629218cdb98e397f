"""Tenants over HTTP: the operator's alone; removed, their tokens hold no longer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.control.registrar import SETTINGS, URL, Office, office

ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/tenants", None),
    ("POST", "/tenants", {"slug": "new"}),
    ("GET", "/tenants/acme", None),
    ("PATCH", "/tenants/acme", {"name": "x"}),
    ("DELETE", "/tenants/acme", None),
    ("GET", "/tenants/nobody", None),
)


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def test_the_life_of_a_tenant(at: Office) -> None:
    added = await at.call("POST", "/tenants", {"slug": "new", "name": "New & Co"}, who="root")
    assert (added.status, added.etag) == (201, f'"{added.item["version"]}"')
    assert added.item["name"] == "New & Co"
    assert (added.item["clusters"], added.item["changed_by"]) == (0, "root")
    changed = await at.call("PATCH", "/tenants/new", {"clusters_max": 7}, who="root", version=added.etag)
    assert (changed.item["name"], changed.item["clusters_max"]) == ("New & Co", 7)
    assert (await at.call("GET", "/tenants/new", who="root")).item == changed.item
    assert (await at.call("PATCH", "/tenants/new", {}, who="root", version=added.etag)).status == 412
    assert (await at.call("DELETE", "/tenants/new", who="root")).status == 428
    assert (await at.call("DELETE", "/tenants/new", who="root", version=changed.etag)).status == 204
    assert (await at.call("GET", "/tenants/new", who="root")).code == "not_found"
    assert (await at.call("POST", "/tenants", {"slug": "new"}, who="root")).status == 201
    assert (await at.call("POST", "/tenants", {"slug": "new"}, who="root")).code == "conflict"


async def test_the_list_is_paged_by_name(at: Office) -> None:
    await at.add("shop")
    first = await at.call("GET", "/tenants?limit=2", who="root")
    assert [one["slug"] for one in first.body["items"]] == ["acme", "ops"]
    assert [one["clusters"] for one in first.body["items"]] == [1, 0]
    second = await at.call("GET", f"/tenants?limit=2&cursor={first.body['next']}", who="root")
    assert [one["slug"] for one in second.body["items"]] == ["rival"]
    assert (second.body["next"], second.body["complete"]) == (None, True)


@pytest.mark.parametrize("asked", ["limit=0", "limit=501", "limit=x", "limit=%C2%B2", "cursor=A", "x=1"])
async def test_a_question_that_cannot_be_read(at: Office, asked: str) -> None:
    assert (await at.call("GET", f"/tenants?{asked}", who="root")).code == "bad_question"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "slug"),
        ({"slug": "No"}, "slug"),
        ({"slug": "a", "name": 3}, "name"),
        ({"slug": "a", "name": "x" * 101}, "name"),
        ({"slug": "a", "name": "a\nb"}, "name"),
        ({"slug": "a", "clusters_max": -1}, "clusters_max"),
        ({"slug": "a", "clusters_max": 1_001}, "clusters_max"),
        ({"slug": "a", "clusters_max": True}, "clusters_max"),
        ({"slug": "a", "id": 1}, "body"),
    ],
)
async def test_what_cannot_be_kept_is_refused(at: Office, body: Any, field: str) -> None:
    answer = await at.call("POST", "/tenants", body, who="root")
    assert (answer.status, answer.code, answer.body["field"]) == (400, "bad_registration", field)


@pytest.mark.parametrize("who", ["ann", "eve", "half", "clerk", "reader"])
async def test_nobody_else_may_and_learns_nothing(at: Office, who: str) -> None:
    said = {await _refused(at, method, path, body, who) for method, path, body in ROUTES}
    assert len(said) == 1  # the same for a tenant that is there and one that is not
    assert set(at.registry.tenants()) == {"ops", "acme", "rival"}


async def _refused(at: Office, method: str, path: str, body: Any, who: str) -> str:
    answer = await at.call(method, path, body, who=who, version='"1"')
    assert (answer.status, answer.code) == (403, "forbidden")
    return str(answer.body["detail"])


async def test_without_an_operator_nobody_may(tmp_path: Path) -> None:
    async with office(tmp_path, replace(SETTINGS, operator="")) as at:
        for who in ("root", "ann"):
            await _refused(at, "GET", "/tenants", None, who)


async def test_a_removed_tenants_tokens_hold_no_longer(at: Office) -> None:
    added = await at.add("shop", who="eve")
    etag = (await at.call("GET", "/tenants/rival", who="root")).etag
    refused = await at.call("DELETE", "/tenants/rival", who="root", version=etag)
    assert (refused.status, refused.code) == (409, "conflict")
    await at.call("DELETE", "/clusters/shop", who="eve", version=added.etag)
    assert (await at.call("DELETE", "/tenants/rival", who="root", version=etag)).status == 204
    assert (await at.call("POST", "/clusters", {"slug": "x", "url": URL}, who="eve")).status == 401


async def test_the_operators_own_tenant_stays(at: Office) -> None:
    etag = (await at.call("GET", "/tenants/ops", who="root")).etag
    refused = await at.call("DELETE", "/tenants/ops", who="root", version=etag)
    assert (refused.status, refused.code) == (409, "conflict")


async def test_there_is_a_most(tmp_path: Path) -> None:
    async with office(tmp_path, replace(SETTINGS, tenants_max=3)) as at:
        assert (await at.call("POST", "/tenants", {"slug": "new"}, who="root")).status == 429
        etag = (await at.call("GET", "/tenants/rival", who="root")).etag
        await at.call("DELETE", "/tenants/rival", who="root", version=etag)
        assert (await at.call("POST", "/tenants", {"slug": "new"}, who="root")).status == 429
        assert (await at.call("POST", "/tenants", {"slug": "rival"}, who="root")).status == 201
