"""Clusters over HTTP: added, changed against the version that was seen, removed; refused with what would do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meadow.core.registry_records import CLUSTERS_DEFAULT
from meadow.core.slugs import stable_id
from tests.control.registrar import SECRET, SETTINGS, URL, Office, office

SHOWN = {
    *("slug", "broker", "event_exchange", "control_exchange", "global_keyprefix", "fanout_prefix", "fanout_patterns"),
    *("enable_events", "holders", "version", "created_at", "changed_at", "changed_by"),
}


def slugs(at: Office) -> list[str]:
    return [cluster.slug for cluster in at.registry.directory.clusters]


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def test_the_life_of_a_cluster(at: Office) -> None:
    added = await at.add("shop", control_exchange="theirs", transport_options={"visibility_timeout": 5})
    assert added.item.keys() == SHOWN
    assert added.item["broker"] == "amqp://user:***@h:5672/v"
    assert added.item["changed_by"] == "ann"
    assert added.etag == f'"{added.item["version"]}"'
    seen = await at.call("GET", "/clusters/shop/registration", who="bob")
    assert (seen.item, seen.etag) == (added.item, added.etag)
    patched = await at.call("PATCH", "/clusters/shop", {"holders": 3}, who="bob", version=seen.etag)
    assert patched.item["holders"] == 3
    assert patched.item["control_exchange"] == "theirs"
    assert patched.item["changed_by"] == "bob"
    assert patched.etag != seen.etag
    cluster = at.registry.directory.clusters[0]
    assert cluster.connection.url == URL
    assert dict(cluster.connection.transport_options) == {"visibility_timeout": "5"}
    removed = await at.call("DELETE", "/clusters/shop", version=patched.etag)
    assert (removed.status, removed.text) == (204, "")
    assert (await at.call("GET", "/clusters/shop/registration")).code == "not_found"
    assert not slugs(at)
    again = await at.add("shop", "redis://h")
    assert at.registry.directory.clusters[0].id == cluster.id == stable_id("shop")
    assert again.item["created_at"] == added.item["created_at"]


async def test_every_change_is_an_event_of_the_cluster(at: Office) -> None:
    added = await at.add("shop")
    await at.call("PATCH", "/clusters/shop", {"holders": 2}, who="bob", version=added.etag)
    etag = (await at.call("GET", "/clusters/shop/registration")).etag
    await at.call("DELETE", "/clusters/shop", version=etag)
    events = await at.events()
    tenant = at.registry.tenants()["acme"]
    assert {(row["tenant_id"], row["cluster_id"], row["type"]) for row in events} == {
        (tenant.id, stable_id("shop"), "meadow-registry-changed")
    }
    said = [row["fields"] for row in events]
    assert ['"added"' in said[0], '"changed"' in said[1], '"removed"' in said[2]] == [True] * 3
    assert '"by":"bob"' in said[1]


async def test_nobody_undoes_what_they_have_not_seen(at: Office) -> None:
    added = await at.add("shop")
    for method, body in (("PATCH", {"holders": 2}), ("DELETE", None)):
        assert (await at.call(method, "/clusters/shop", body)).status == 428
        for version in ('"1"', "1", 'W/"1"', "*", '"x"', f"{added.etag}, {added.etag}", f'"{"9" * 18}"'):
            answer = await at.call(method, "/clusters/shop", body, version=version)
            assert (answer.status, answer.code) == (412, "stale_version")
    newer = await at.call("PATCH", "/clusters/shop", {"holders": 2}, version=added.etag)
    assert (await at.call("PATCH", "/clusters/shop", {"holders": 3}, version=added.etag)).status == 412
    assert (await at.call("DELETE", "/clusters/shop", version=added.etag)).status == 412
    assert at.registry.cluster("acme", "shop").version == newer.item["version"]


async def test_a_name_that_is_taken_is_refused(at: Office) -> None:
    await at.add("shop")
    answer = await at.call("POST", "/clusters", {"slug": "shop", "url": "redis://h"})
    assert (answer.status, answer.code, answer.body["field"]) == (409, "conflict", "slug")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "redis://h"}, "slug"),
        ({"slug": "Shop", "url": "redis://h"}, "slug"),
        ({"slug": 3, "url": "redis://h"}, "slug"),
        ({"slug": "a" * 64, "url": "redis://h"}, "slug"),
        ({"slug": "a"}, "url"),
        ({"slug": "a", "url": ""}, "url"),
        ({"slug": "a", "url": None}, "url"),
        ({"slug": "a", "url": "redis://h/" + "x" * 4_000}, "url"),
        ({"slug": "a", "url": "redis://h\n"}, "url"),
        ({"slug": "a", "url": "redis://h:99999"}, "url"),
        ({"slug": "a", "url": "redis://[::1"}, "url"),
        ({"slug": "a", "url": "amqp://a;b:x"}, "url"),
        ({"slug": "a", "url": ";".join(["redis://h"] * 21)}, "url"),
        ({"slug": "a", "url": "amqp://user:***@h/v"}, "url"),
        ({"slug": "a", "url": "redis://h", "holders": 17}, None),
        ({"slug": "a", "url": "redis://h", "holders": True}, "holders"),
        ({"slug": "a", "url": "redis://h", "enable_events": 1}, "enable_events"),
        ({"slug": "a", "url": "redis://h", "fanout_prefix": None}, "fanout_prefix"),
        ({"slug": "a", "url": "redis://h", "global_keyprefix": "x" * 256}, "global_keyprefix"),
        ({"slug": "a", "url": "redis://h", "control_exchange": "a\x00b"}, "control_exchange"),
        ({"slug": "a", "url": "redis://h", "transport_options": []}, "transport_options"),
        ({"slug": "a", "url": "redis://h", "transport_options": {"a": {}}}, "transport_options"),
        ({"slug": "a", "url": "redis://h", "transport_options": {"": 1}}, "transport_options"),
        ({"slug": "a", "url": "redis://h", "transport_options": {"master_name": "x" * 2_001}}, "transport_options"),
        ({"slug": "a", "url": "redis://h", "transport_options": {f"n{n}": 1 for n in range(51)}}, "transport_options"),
        ({"slug": "a", "url": "redis://h", "id": 3}, "body"),
        ({"slug": "a", "url": "redis://h", "tenant": "rival"}, "body"),
    ],
)
async def test_what_cannot_be_kept_is_refused(at: Office, body: dict[str, Any], field: str | None) -> None:
    answer = await at.call("POST", "/clusters", body)
    assert (answer.status, answer.code, answer.body.get("field")) == (400, "bad_registration", field)
    assert at.registry.directory.clusters == ()


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("filesystem://", {}),
        ("sqla+sqlite:////etc/passwd", {}),
        ("redis+socket:///run/redis.sock", {}),
        ("memory://", {}),
        ("amqp://h;filesystem://", {}),
        ("os.path://", {}),
        ("rediss://h?ssl_ca_certs=/etc/shadow", {}),
        ("rediss://h", {"ssl_certfile": "/etc/shadow"}),
        ("filesystem://", {"data_folder_in": "/etc"}),
        ("sentinel://h", {"sentinel_kwargs": '{"unix_socket_path": "/x"}'}),
        ("sentinel://h", {"sentinel_kwargs": "no json"}),
    ],
)
async def test_what_is_on_meadows_own_machines_is_the_operators(at: Office, url: str, options: dict[str, str]) -> None:
    body = {"slug": "a", "url": url, "transport_options": options}
    for method, path, who in (("POST", "/clusters", "ann"), ("POST", "/clusters/check", "eve")):
        asked = body if path == "/clusters" else {name: body[name] for name in ("url", "transport_options")}
        answer = await at.call(method, path, asked, who=who)
        assert (answer.status, answer.code) == (400, "bad_registration")
    before = await at.add("b")
    changed = {"url": url, "transport_options": options}
    assert (await at.call("PATCH", "/clusters/b", changed, version=before.etag)).status == 400


async def test_the_operator_may_name_files_and_no_module(at: Office) -> None:
    options = {"data_folder_in": "/var/spool", "durable": True}
    await at.add("files", "filesystem://", who="root", transport_options=options)
    cluster = at.registry.directory.clusters[0]
    assert dict(cluster.connection.transport_options) == {"data_folder_in": "/var/spool", "durable": "true"}
    module = {"slug": "a", "url": "os.path:x://h"}
    assert (await at.call("POST", "/clusters", module, who="root")).status == 400


async def test_a_tenant_has_a_most(at: Office) -> None:
    before = await at.call("GET", "/tenants/acme", who="root")
    assert before.item["clusters_max"] == CLUSTERS_DEFAULT
    await at.call("PATCH", "/tenants/acme", {"clusters_max": 1}, who="root", version=before.etag)
    first = await at.add("a")
    answer = await at.call("POST", "/clusters", {"slug": "b", "url": URL})
    assert (answer.status, answer.code) == (429, "over_budget")
    assert "retry_after_s" in answer.body
    await at.call("DELETE", "/clusters/a", version=first.etag)
    await at.add("b")


async def test_names_of_removed_clusters_count_for_ever(tmp_path: Path) -> None:
    async with office(tmp_path, replace(SETTINGS, names_max=1)) as at:
        first = await at.add("a")
        await at.call("DELETE", "/clusters/a", version=first.etag)
        answer = await at.call("POST", "/clusters", {"slug": "b", "url": URL})
        assert (answer.status, answer.code) == (429, "over_budget")
        await at.add("a")
        await at.add("a", who="eve")


async def test_who_may_not(at: Office) -> None:
    await at.add("eu")
    etag = (await at.add("us")).etag
    for method, path, body in (
        ("POST", "/clusters", {"slug": "x", "url": URL}),
        ("POST", "/clusters/check", {"url": URL}),
        ("GET", "/clusters/us/registration", None),
        ("PATCH", "/clusters/us", {"holders": 2}),
        ("DELETE", "/clusters/us", None),
    ):
        refused = await at.call(method, path, body, who="reader", version=etag)
        assert (refused.status, refused.body["needs"]) == (403, "registry:manage")
        if path.startswith("/clusters/us"):
            assert (await at.call(method, path, body, who="euro", version=etag)).code == "not_found"
    limited = await at.call("POST", "/clusters", {"slug": "x", "url": URL}, who="euro")
    assert (limited.status, limited.code) == (403, "forbidden")
    assert (await at.call("GET", "/clusters/eu/registration", who="euro")).status == 200


async def test_one_that_no_key_opens_needs_its_url_anew(at: Office) -> None:
    await at.add("shop", control_exchange="theirs")
    record = at.registry.cluster("acme", "shop")
    entry = at.registry._stream.entries[record.key]
    broken = entry.value.replace(record.sealed.encode(), b"broken")
    await at.registry._stream.put(record.key, broken, None)
    etag = (await at.call("GET", "/clusters/shop/registration")).etag
    answer = await at.call("PATCH", "/clusters/shop", {"holders": 2}, version=etag)
    assert (answer.status, answer.code) == (503, "sealed")
    mended = await at.call("PATCH", "/clusters/shop", {"url": URL}, version=etag)
    assert mended.item["control_exchange"] == "theirs"
    assert slugs(at) == ["shop"]


async def test_no_answer_and_no_line_holds_a_secret(at: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    options = {"sentinel_kwargs": f'{{"password": "{SECRET}"}}'}
    added = await at.add("shop", transport_options=options)
    said = [added.text, (await at.call("GET", "/clusters/shop/registration")).text]
    changed = await at.call("PATCH", "/clusters/shop", {"url": f"{URL}?heartbeat={SECRET}"}, version=added.etag)
    said += [changed.text, (await at.call("PATCH", "/clusters/shop", {"url": URL}, version=added.etag)).text]
    for bad in (f"redis://:{SECRET}@h:x/1", f"file:///{SECRET}", f"amqp://u:{SECRET}@h/v\n", f"redis://h?x={SECRET}"):
        said.append((await at.call("POST", "/clusters", {"slug": "a", "url": bad})).text)
        said.append((await at.call("POST", "/clusters/check", {"url": bad})).text)
    await at.call("DELETE", "/clusters/shop", version=changed.etag)
    assert not [text for text in (*said, caplog.text, str(await at.events())) if SECRET in text]
