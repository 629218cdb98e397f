"""What settings name is made known, and never undoes what a person did, except for the flags of this start."""

from __future__ import annotations

import asyncio

from meadow.core.connections import Connection
from meadow.core.registry import SEEDER
from tests.core.registries import AMQP, KEY, OTHER_KEY, REDIS, Registries, slugs

NEWER = Connection("redis://newer/1")


async def test_a_seed_is_there_at_once_and_again_changes_nothing(registries: Registries) -> None:
    registry = await registries.open(KEY)
    seeds = [("zoo", REDIS), ("bar", AMQP)]
    await registry.seed("acme", seeds)
    assert slugs(registry) == ["acme/zoo", "acme/bar"]
    assert [cluster.connection for cluster in registry.directory.clusters] == [REDIS, AMQP]
    before = registry.directory
    await registry.seed("acme", seeds, flags={"zoo"}, prune=True)
    assert registry.directory is before
    assert registry.cluster("acme", "zoo").changed_by == SEEDER


async def test_a_seed_that_changed_is_changed(registries: Registries) -> None:
    registry = await registries.open(KEY)
    await registry.seed("acme", [("shop", REDIS)])
    await registry.seed("acme", [("shop", NEWER)])
    assert registry.directory.clusters[0].connection == NEWER


async def test_what_a_person_changed_or_removed_stays(registries: Registries) -> None:
    registry = await registries.open(KEY)
    seeds = [("changed", REDIS), ("removed", REDIS)]
    await registry.seed("acme", seeds)
    await registry.put_cluster("acme", "changed", AMQP, by="ann", expected=None)
    await registry.remove_cluster("acme", "removed", by="ann", expected=None)
    await registry.seed("acme", seeds, prune=True)
    assert slugs(registry) == ["acme/changed"]
    assert registry.directory.clusters[0].connection == AMQP


async def test_a_flag_wins_for_its_name(registries: Registries) -> None:
    registry = await registries.open(KEY)
    await registry.seed("acme", [("changed", REDIS), ("removed", REDIS)])
    await registry.put_cluster("acme", "changed", AMQP, by="ann", expected=None)
    await registry.remove_cluster("acme", "removed", by="ann", expected=None)
    seeds = [("changed", NEWER), ("removed", NEWER)]
    await registry.seed("acme", seeds, flags={"changed", "removed"})
    assert slugs(registry) == ["acme/changed", "acme/removed"]
    assert {cluster.connection for cluster in registry.directory.clusters} == {NEWER}
    await registry.seed("acme", [], prune=True)
    assert slugs(registry) == ["acme/changed", "acme/removed"]  # a person's work is never pruned


async def test_a_seed_that_is_named_no_longer_goes_when_these_are_all(registries: Registries) -> None:
    registry = await registries.open(KEY)
    await registry.seed("acme", [("a", REDIS), ("b", REDIS)])
    await registry.put_cluster("acme", "added", REDIS, by="ann", expected=0)
    await registry.seed("acme", [("b", REDIS)])
    assert slugs(registry) == ["acme/a", "acme/b", "acme/added"]
    await registry.seed("acme", [("b", REDIS)], prune=True)
    assert slugs(registry) == ["acme/b", "acme/added"]
    await registry.seed("acme", [("a", REDIS)], prune=True)
    assert slugs(registry) == ["acme/a", "acme/added"]
    await registry.seed("rival", [("x", REDIS)], prune=True)
    assert slugs(registry) == ["acme/added", "rival/x"]


async def test_a_seeded_tenant_that_a_person_removed_stays_away(registries: Registries) -> None:
    registry = await registries.open(KEY)
    await registry.seed("acme", [])
    await registry.put_tenant("acme", by="ann", expected=None, name="Acme", clusters_max=3)
    await registry.remove_tenant("acme", by="ann", expected=None)
    await registry.seed("acme", [])
    assert registry.tenants() == {}
    await registry.seed("acme", [], prune=True)  # a Meadow of one process would have nobody to sign in
    assert registry.tenant("acme").name == "Acme"


async def test_a_seed_mends_what_no_key_opens(registries: Registries) -> None:
    await (await registries.open(KEY)).seed("acme", [("shop", REDIS)])
    registry = await registries.open(OTHER_KEY)
    assert slugs(registry) == []
    await registry.seed("acme", [("shop", REDIS)])
    assert registry.directory.clusters[0].connection == REDIS


async def test_processes_that_seed_at_once_agree(registries: Registries) -> None:
    several = [await registries.open(KEY) for _ in range(4)]
    seeds = [(f"c{number}", REDIS) for number in range(5)]
    await asyncio.gather(*(registry.seed("acme", seeds, prune=True) for registry in several))
    late = await registries.open(KEY)
    assert sorted(slugs(late)) == [f"acme/c{number}" for number in range(5)]
