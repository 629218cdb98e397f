"""The registry: what is put is known to every process, compared and set, with secrets for those alone who have the key."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings, Conflict, NotFound, Sealed
from meadow.core.registry import Registry
from meadow.core.scope import Tenant
from meadow.core.slugs import stable_id
from meadow.core.stream import Stale
from tests.core.registries import AMQP, KEY, OTHER_KEY, REDIS, SECRET, Registries, slugs
from tests.servers.deadlines import until

ANN = "ann"


async def test_a_change_is_seen_by_another_process(registries: Registries) -> None:
    one, other = await registries.open(KEY), await registries.open(KEY)
    told: list[list[str]] = []
    other.on_change(lambda: told.append(slugs(other)))
    await one.put_tenant("acme", by=ANN, expected=0)
    added = await one.put_cluster("acme", "shop", REDIS, by=ANN, expected=0)
    assert slugs(one) == ["acme/shop"]
    await until(lambda: slugs(other) == ["acme/shop"], "the other sees it added")
    assert other.directory == one.directory
    assert other.directory.clusters[0].connection == REDIS
    assert other.tenants() == {"acme": Tenant(stable_id("acme"), "acme")}
    await other.put_cluster("acme", "shop", AMQP, by=ANN, expected=added.version)
    await until(lambda: one.directory.clusters[0].connection == AMQP, "the first sees it changed")
    await one.remove_cluster("acme", "shop", by=ANN, expected=None)
    await until(lambda: not slugs(other), "the other sees it removed")
    assert told[-1] == []
    assert ["acme/shop"] in told


async def test_the_directory_is_replaced_as_a_whole(registries: Registries) -> None:
    registry = await registries.open(KEY)
    before, tenants = registry.directory, registry.tenants()
    await registry.put_tenant("acme", by=ANN, expected=0)
    await registry.put_cluster("acme", "shop", REDIS, by=ANN, expected=0)
    assert before.clusters == ()
    assert tenants == {}
    assert registry.directory is not before


async def test_who_saw_an_older_version_changes_nothing(registries: Registries) -> None:
    one, other = await registries.open(KEY), await registries.open(KEY)
    await one.put_tenant("acme", by=ANN, expected=0)
    first = await one.put_cluster("acme", "shop", REDIS, by=ANN, expected=0)
    with pytest.raises(Stale):
        await other.put_cluster("acme", "shop", AMQP, by=ANN, expected=0)
    await one.put_cluster("acme", "shop", AMQP, by=ANN, expected=first.version)
    with pytest.raises(Stale):
        await other.put_cluster("acme", "shop", REDIS, by=ANN, expected=first.version)
    with pytest.raises(Stale):
        await other.remove_cluster("acme", "shop", by=ANN, expected=first.version)
    assert other.directory.clusters[0].connection == AMQP


async def test_a_cluster_that_comes_back_is_the_same(registries: Registries) -> None:
    registry = await registries.open(KEY)
    await registry.put_tenant("acme", by=ANN, expected=0)
    before = await registry.put_cluster("acme", "shop", REDIS, by=ANN, expected=0)
    await registry.remove_cluster("acme", "shop", by=ANN, expected=before.version)
    with pytest.raises(NotFound):
        registry.cluster("acme", "shop")
    again = await registry.put_cluster("acme", "shop", AMQP, by=ANN, expected=0)
    assert (again.id, again.created_at) == (before.id, before.created_at)
    assert again.version > before.version
    assert slugs(registry) == ["acme/shop"]


async def test_clusters_are_in_the_order_they_were_added(registries: Registries) -> None:
    registry = await registries.open(KEY)
    await registry.put_tenant("acme", by=ANN, expected=0)
    for slug in ("zoo", "bar", "alpha"):
        await registry.put_cluster("acme", slug, REDIS, by=ANN, expected=0)
    await registry.put_cluster("acme", "zoo", AMQP, by=ANN, expected=None)
    assert slugs(registry) == ["acme/zoo", "acme/bar", "acme/alpha"]


async def test_two_tenants_may_use_one_name(registries: Registries) -> None:
    registry = await registries.open(KEY)
    for tenant in ("acme", "rival"):
        await registry.put_tenant(tenant, by=ANN, expected=0)
        await registry.put_cluster(tenant, "eu", Connection(f"redis://{tenant}/1"), by=ANN, expected=0)
    assert [c.connection.url for c in registry.directory.clusters] == ["redis://acme/1", "redis://rival/1"]
    await registry.remove_cluster("acme", "eu", by=ANN, expected=None)
    assert slugs(registry) == ["rival/eu"]


async def test_a_tenant_without_clusters_can_be_removed_and_comes_back(registries: Registries) -> None:
    registry = await registries.open(KEY)
    first = await registry.put_tenant("acme", by=ANN, expected=0, name="Acme", clusters_max=3)
    await registry.put_cluster("acme", "shop", REDIS, by=ANN, expected=0)
    with pytest.raises(Conflict):
        await registry.remove_tenant("acme", by=ANN, expected=first.version)
    await registry.remove_cluster("acme", "shop", by=ANN, expected=None)
    await registry.remove_tenant("acme", by=ANN, expected=first.version)
    assert registry.tenants() == {}
    with pytest.raises(NotFound):
        registry.tenant("acme")
    assert (await registry.put_tenant("acme", by=ANN, expected=0)).id == first.id


async def test_clusters_of_a_tenant_that_is_gone_are_nobodys(registries: Registries) -> None:
    """As when one process adds a cluster while another removes its tenant."""
    registry = await registries.open(KEY)
    await registry.put_cluster("acme", "shop", REDIS, by=ANN, expected=0)
    assert slugs(registry) == []
    await registry.put_tenant("acme", by=ANN, expected=0)
    assert slugs(registry) == ["acme/shop"]


async def test_names_that_share_an_id_are_refused(registries: Registries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meadow.core.registry_book.stable_id", lambda slug: 7)
    registry = await registries.open(KEY)
    await registry.put_tenant("acme", by=ANN, expected=0)
    with pytest.raises(Conflict, match="cannot be told apart"):
        await registry.put_tenant("rival", by=ANN, expected=0)
    await registry.put_cluster("acme", "a", REDIS, by=ANN, expected=0)
    await registry.remove_cluster("acme", "a", by=ANN, expected=None)
    with pytest.raises(Conflict, match="cannot be told apart"):
        await registry.put_cluster("acme", "b", REDIS, by=ANN, expected=0)


@pytest.mark.parametrize("slug", ["", "Shop", "a/b", "-a", "a" * 64, "ü"])
async def test_names_that_are_none_are_refused(registries: Registries, slug: str) -> None:
    registry = await registries.open(KEY)
    with pytest.raises(BadSettings):
        await registry.put_tenant(slug, by=ANN, expected=0)
    with pytest.raises(BadSettings):
        await registry.put_cluster("acme", slug, REDIS, by=ANN, expected=0)
    with pytest.raises(BadSettings):
        await registry.put_cluster(slug, "shop", REDIS, by=ANN, expected=0)


async def test_who_changed_what_and_when_is_kept(registries: Registries) -> None:
    registry = await registries.open(KEY)
    await registry.put_tenant("acme", by="ann", expected=0)
    await registry.put_cluster("acme", "shop", REDIS, by="ann", expected=0)
    await registry.put_cluster("acme", "shop", REDIS, by="bob", expected=None)
    record = registry.cluster("acme", "shop")
    assert record.changed_by == "bob"
    assert record.changed_at > record.created_at


async def test_a_process_without_the_key_sees_where_and_never_how(registries: Registries) -> None:
    registry, blind = await registries.open(KEY), await registries.open()
    await registry.put_tenant("acme", by=ANN, expected=0)
    await registry.put_cluster("acme", "shop", AMQP, by=ANN, expected=0)
    await until(lambda: slugs(blind) == ["acme/shop"], "it sees the cluster")
    connection = blind.directory.clusters[0].connection
    assert connection.url == connection.masked == "amqp://user:***@h/v"
    assert connection.transport_options == ()
    assert (connection.control_exchange, connection.holders) == (AMQP.control_exchange, AMQP.holders)
    with pytest.raises(BadSettings, match="registry key"):
        await blind.put_cluster("acme", "shop", REDIS, by=ANN, expected=None)


async def test_another_key_leaves_the_cluster_out_and_says_so(
    registries: Registries, caplog: pytest.LogCaptureFixture
) -> None:
    registry = await registries.open(KEY)
    await registry.put_tenant("acme", by=ANN, expected=0)
    await registry.put_cluster("acme", "shop", REDIS, by=ANN, expected=0)
    other = await registries.open(OTHER_KEY)
    assert slugs(other) == []
    assert other.skipped == {"sealed": 1}
    assert "shop of tenant acme is left out" in caplog.text
    with pytest.raises(Sealed):
        other.connection(other.cluster("acme", "shop"))
    await other.put_cluster("acme", "shop", REDIS, by=ANN, expected=None)
    assert slugs(other) == ["acme/shop"]


async def test_rotation(registries: Registries) -> None:
    registry = await registries.open(KEY)
    await registry.put_tenant("acme", by=ANN, expected=0)
    for slug in ("a", "b", "gone"):
        await registry.put_cluster("acme", slug, AMQP, by=ANN, expected=0)
    await registry.remove_cluster("acme", "gone", by=ANN, expected=None)
    turning = await registries.open(OTHER_KEY, KEY)
    assert slugs(turning) == ["acme/a", "acme/b"]
    assert sorted(await asyncio.gather(turning.reseal(), turning.reseal())) == [2, 2]  # at once, and still whole
    assert await turning.reseal() == 0
    after = await registries.open(OTHER_KEY)
    assert [cluster.connection for cluster in after.directory.clusters] == [AMQP, AMQP]
    assert after.cluster("acme", "a").changed_by == ANN
    assert slugs(await registries.open(KEY)) == []


async def test_one_that_no_key_opens_does_not_hinder_the_others(registries: Registries) -> None:
    lost, registry = await registries.open("a key that was lost, of 32 characters"), await registries.open(KEY)
    await lost.put_tenant("acme", by=ANN, expected=0)
    await lost.put_cluster("acme", "lost", REDIS, by=ANN, expected=0)
    await registry.put_cluster("acme", "shop", REDIS, by=ANN, expected=0)
    turning = await registries.open(OTHER_KEY, KEY)
    assert await turning.reseal() == 1
    assert slugs(await registries.open(OTHER_KEY)) == ["acme/shop"]


async def test_nothing_holds_a_secret(registries: Registries, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    registry, blind, other = await registries.open(KEY), await registries.open(), await registries.open(OTHER_KEY)
    await registry.put_tenant("acme", by=ANN, expected=0)
    for slug, connection in (("a", REDIS), ("b", AMQP)):
        await registry.put_cluster("acme", slug, connection, by=ANN, expected=0)
    for one in (blind, other):
        await until(partial(_knows_two, one), "all know them")
    stream = await registries.stream()
    shown = [repr(stream.entries), caplog.text]
    for one in (registry, blind, other):
        shown += [repr(one.directory), repr(one.all_clusters("acme")), repr(vars(one)), repr(one._view)]
    assert not [text for text in shown if SECRET in text or KEY in text]
    assert SECRET.encode() not in registries.path.read_bytes()


def _knows_two(registry: Registry) -> bool:
    return len(registry.all_clusters("acme")) == 2


async def test_the_secret_of_a_removed_cluster_goes(registries: Registries) -> None:
    registry = await registries.open(KEY)
    await registry.put_tenant("acme", by=ANN, expected=0)
    await registry.put_cluster("acme", "shop", REDIS, by=ANN, expected=0)
    await registry.remove_cluster("acme", "shop", by=ANN, expected=None)
    entry = (await registries.stream()).entries["cluster/acme/shop"]
    assert b'"sealed":""' in entry.value
