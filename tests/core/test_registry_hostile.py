"""Whatever is on the stream, a registry goes on with the rest, counts what it leaves out, and says it once."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meadow.core.registry_records import Unreadable, read
from meadow.core.registry_view import Reader
from meadow.core.seal import Seal
from meadow.core.stream import Entry
from tests.core.registries import KEY, REDIS, SECRET, Registries, slugs
from tests.servers.deadlines import until

GOOD: dict[str, Any] = {"form": 1, "id": 7, "broker": "redis://h", "options": {}, "sealed": "x"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
KEYS = st.sampled_from(["tenant/a", "cluster/a/b", "tenant/", "cluster/a", "x", "cluster/a/b/c", "tenant/Ä"])


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("cluster/acme/x", b"", "no JSON"),
        ("cluster/acme/x", b"\xff\xfe", "no JSON"),
        ("cluster/acme/x", b"[" * 5_000, "no JSON"),
        ("cluster/acme/x", b"[]", "no record"),
        ("cluster/acme/x", b"{}", "no record"),
        ("cluster/acme/x", {**GOOD, "form": 2}, "newer form"),
        ("cluster/acme/x", {**GOOD, "form": True}, "no record"),
        ("cluster/acme/x", {**GOOD, "id": 0}, "odd id"),
        ("cluster/acme/x", {**GOOD, "id": 2**32}, "odd id"),
        ("cluster/acme/x", {**GOOD, "id": "7"}, "odd id"),
        ("cluster/acme/x", {**GOOD, "broker": "no url"}, "odd options"),
        ("cluster/acme/x", {**GOOD, "options": {"holders": 99}}, "odd options"),
        ("cluster/acme/x", {**GOOD, "options": {"enable_events": 1}}, "odd options"),
        ("cluster/acme/x", {**GOOD, "options": []}, "odd options"),
        ("cluster/acme/x", {**GOOD, "deleted": "no"}, "odd deleted"),
        ("cluster/acme/x", {**GOOD, "changed_at": "now"}, "odd changed_at"),
        ("cluster/acme/X", GOOD, "unknown key"),
        ("cluster/acme", GOOD, "unknown key"),
        ("token/acme", GOOD, "unknown key"),
        ("tenant/x", {"form": 1, "id": 5, "name": 3}, "odd name"),
        ("tenant/x", {"form": 1, "id": 5, "clusters_max": 3.5}, "odd clusters_max"),
        ("cluster/acme/x", GOOD, "sealed"),
    ],
)
async def test_it_is_left_out_counted_and_said_once(
    registries: Registries, caplog: pytest.LogCaptureFixture, key: str, value: Any, reason: str
) -> None:
    registry, stream = await registries.open(KEY), await registries.stream()
    await stream.put(key, value if isinstance(value, bytes) else orjson.dumps(value), 0)
    await registry.put_tenant("acme", by="ann", expected=0)
    await registry.put_cluster("acme", "shop", REDIS, by="ann", expected=0)
    assert slugs(registry) == ["acme/shop"]
    assert registry.skipped == {reason: 1}
    assert caplog.text.count("is left out") == 1
    await stream.put(key, None, None)
    await until(lambda: registry.skipped == {}, "it is forgotten")


async def test_what_a_newer_meadow_added_does_not_matter(registries: Registries) -> None:
    registry, stream = await registries.open(KEY), await registries.stream()
    await registry.put_tenant("acme", by="ann", expected=0)
    await registry.put_cluster("acme", "shop", REDIS, by="ann", expected=0)
    await until(lambda: "cluster/acme/shop" in stream.entries, "it is there")
    said = orjson.loads(stream.entries["cluster/acme/shop"].value)
    said |= {"colour": "green", "options": said["options"] | {"speed": 3}}
    await stream.put("cluster/acme/shop", orjson.dumps(said), None)
    await until(lambda: registry.cluster("acme", "shop").version == stream.entries["cluster/acme/shop"].version, "seen")
    assert slugs(registry) == ["acme/shop"]
    assert registry.skipped == {}


async def test_a_record_of_a_newer_form_is_not_overwritten(registries: Registries) -> None:
    registry, stream = await registries.open(KEY), await registries.stream()
    newer = orjson.dumps({**GOOD, "form": 2})
    for key in ("tenant/acme", "cluster/acme/shop"):
        await stream.put(key, newer, 0)
    await until(lambda: registry.skipped == {"newer form": 2}, "seen")
    await registry.seed("acme", [("shop", REDIS)], flags={"shop"}, prune=True)
    assert {entry.value for entry in stream.entries.values()} == {newer}


async def test_of_two_with_one_id_every_process_takes_the_older(registries: Registries) -> None:
    registry, stream = await registries.open(KEY), await registries.stream()
    await registry.put_tenant("acme", by="ann", expected=0)
    first = await registry.put_cluster("acme", "shop", REDIS, by="ann", expected=0)
    await registry.put_cluster("acme", "late", REDIS, by="ann", expected=0)
    await until(lambda: "cluster/acme/late" in stream.entries, "it is there")
    said = orjson.loads(stream.entries["cluster/acme/late"].value) | {"id": first.id}
    await stream.put("cluster/acme/late", orjson.dumps(said), None)
    await until(lambda: slugs(registry) == ["acme/shop"], "the later one is left out")
    assert registry.skipped == {"id taken": 1}
    assert slugs(await registries.open()) == ["acme/shop"]


async def test_a_secret_moved_to_another_cluster_does_not_open(registries: Registries) -> None:
    registry, stream = await registries.open(KEY), await registries.stream()
    for tenant in ("acme", "rival"):
        await registry.put_tenant(tenant, by="ann", expected=0)
    await registry.put_cluster("acme", "shop", REDIS, by="ann", expected=0)
    await until(lambda: "cluster/acme/shop" in stream.entries, "it is there")
    await stream.put("cluster/rival/shop", stream.entries["cluster/acme/shop"].value, 0)
    await until(lambda: registry.skipped == {"sealed": 1}, "it is left out")
    assert slugs(registry) == ["acme/shop"]


@given(key=KEYS, value=st.binary(max_size=50) | JSON.map(lambda said: json.dumps(said).encode()))
def test_reading_raises_nothing_else(key: str, value: bytes) -> None:
    with suppress(Unreadable):
        assert read(Entry(key, value, 1)).version == 1


@given(
    changes=st.dictionaries(st.sampled_from([*GOOD, "deleted", "name", "clusters_max", "created_at"]), JSON, max_size=4)
)
def test_a_record_bent_in_any_way_harms_no_view(changes: dict[str, Any]) -> None:
    value = json.dumps(GOOD | changes).encode()
    entries = {key: Entry(key, value, 1) for key in ("tenant/a", "cluster/a/b", "x")}
    view = Reader(Seal([KEY])).view(entries)
    assert len(view.directory.clusters) <= 1
    assert SECRET not in repr(view)
