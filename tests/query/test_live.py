"""Live events: each once from a position on, filtered, said when missed, and never another tenant's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.stores.chdb import ChdbStore
from meadow.query.happenings import Filter, Happening, Names
from meadow.query.settings import QuerySettings
from meadow.query.viewer import Viewer
from tests.query.conftest import Api, served
from tests.query.seeds import NOW_S, blocks, event


@dataclass
class Stream:
    """Reads server-sent events as a browser does."""

    response: aiohttp.ClientResponse
    last_id: str = ""
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def next(self) -> tuple[str, dict[str, Any]]:
        """The next message that is one; the id is kept."""
        kind, data = "", ""
        while True:
            line = (await self.response.content.readline()).decode()
            if not line:
                raise EOFError
            name, _, value = line.rstrip("\n").partition(": ")
            if name == "id":
                self.last_id = value
            elif name == "event":
                kind = value
            elif name == "data":
                data = value
            elif not name and data:
                return kind, orjson.loads(data)

    async def events(self, count: int) -> list[dict[str, Any]]:
        """The next so many events."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            kind, data = await self.next()
            assert kind != "missed", data
            found += data.get("items", [])
        return found

    async def to_its_end(self) -> None:
        """Returns when the service ended it."""
        with contextlib.suppress(EOFError):
            while True:
                await self.next()

    async def until_missed(self) -> tuple[int, dict[str, Any]]:
        """How many events came before one was said to be missed, and what was said."""
        came = 0
        while True:
            kind, data = await self.next()
            if kind == "missed":
                return came, data
            came += len(data.get("items", []))


@asynccontextmanager
async def watching(api: Api, caller: str = "ann", last_id: str = "", **query: Any) -> AsyncIterator[Stream]:
    """A stream, already open: its first message told where it begins."""
    headers = {"X-Caller": caller, **({"Last-Event-ID": last_id} if last_id else {})}
    async with api.client.get("/api/v1/live", params=query, headers=headers) as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "text/event-stream"
        stream = Stream(response)
        async with asyncio.timeout(120):
            if not last_id and "cursor" not in query:
                kind, _ = await stream.next()
                assert kind == "position"
            yield stream


async def say(api: Api, *rows: dict[str, Any]) -> None:
    await api.log.append(blocks(rows, api.log.partitions))


def started(numbers: Sequence[int], **over: Any) -> list[dict[str, Any]]:
    return [event("task-started", f"t{number}", NOW_S + number, clock=number, **over) for number in numbers]


async def test_an_event_of_two_holders_is_seen_once(api: Api, embedded_log: EmbeddedLog) -> None:
    twice = [event("task-received", f"t{n}", NOW_S - 5 + n) for n in range(3)]
    async with watching(api) as stream:
        await embedded_log.append(blocks(twice, 2))
        await embedded_log.append(blocks([{**row, "received_at": NOW_S} for row in twice], 2))
        await embedded_log.append(blocks([event("task-started", "t0", NOW_S)], 2))
        seen = await stream.events(4)
    assert sorted((one["task_id"], one["type"]) for one in seen) == [
        ("t0", "task-received"),
        ("t0", "task-started"),
        ("t1", "task-received"),
        ("t2", "task-received"),
    ]


async def test_events_come_as_they_are_said(api: Api) -> None:
    async with watching(api) as stream:
        await say(
            api,
            event("task-received", "t1", name="shop.capture", args="('x',)"),
            event("task-failed", "t1", exception="E('x')"),
        )
        first, second = await stream.events(2)
        assert (first["type"], first["cluster"], first["fields"]["args"]) == ("task-received", "shop-eu", "('x',)")
        assert (second["type"], second["name"], second["fields"]) == (
            "task-failed",
            "shop.capture",
            {"exception": "E('x')"},
        )


async def test_payload_is_hidden(api: Api) -> None:
    async with watching(api, "bob") as hidden, watching(api, "ann") as shown:
        await say(api, event("task-failed", "t1", exception="KeyError('hush')", traceback="hush"))
        assert (await hidden.events(1))[0]["fields"] == {"exception": "KeyError"}
        assert (await shown.events(1))[0]["fields"]["traceback"] == "hush"


async def test_what_a_worker_answered_is_not_told_here(api: Api) -> None:
    """Its page shows it, to those who may see it."""
    fields = orjson.dumps({"what": "active", "value": '[{"args":"hush"}]', "cut": False, "error": ""}).decode()
    async with watching(api, "ann") as shown:
        await api.log.append(blocks([event("meadow-snapshot", "", NOW_S, fields=fields)], api.log.partitions))
        assert (await shown.events(1))[0]["fields"] == {"what": "active", "cut": False, "error": ""}


async def test_filters(api: Api) -> None:
    rows = [
        event("task-received", "t1", name="shop.capture", clock=1),
        event("task-succeeded", "t1", clock=2),
        event("task-succeeded", "t2", clock=3, hostname="celery@b"),
        event("task-progress", "t3", clock=4),
        event("task-started", "t4", clock=5, cluster_id=2),
        event("worker-online", "", clock=6),
    ]
    wanted: list[tuple[dict[str, Any], set[int]]] = [
        ({"type": ["task-succeeded", "worker-online"]}, {2, 3, 6}),
        ({"name": "shop.capture"}, {1, 2}),
        ({"worker": "celery@b"}, {3}),
        ({"task_id": ["t3", "t4"]}, {4, 5}),
        ({"state": ["SUCCESS", "progress"]}, {2, 3, 4}),
        ({"cluster": "shop-us"}, {5}),
        ({"type": "task-succeeded", "worker": "celery@b"}, {3}),
    ]
    for query, clocks in wanted:
        async with watching(api, **query) as stream:
            await say(api, *rows)
            assert {one["clock"] for one in await stream.events(len(clocks))} == clocks


async def test_coming_back_repeats_nothing_and_skips_nothing(api: Api) -> None:
    async with watching(api) as stream:
        await say(api, *started(range(5)))
        seen = [one["clock"] for one in await stream.events(5)]
        place = stream.last_id
    await say(api, *started(range(5, 50)))
    async with watching(api, last_id=place) as stream:
        await say(api, *started(range(50, 60)))
        seen += [one["clock"] for one in await stream.events(55)]
    assert sorted(seen) == list(range(60))
    async with watching(api, cursor=place) as stream:
        assert len(await stream.events(55)) == 55


async def test_many_come_and_go_while_events_flow(api: Api) -> None:
    """Each viewer sees every event from its position on, once, whoever else watches."""
    async with watching(api) as first:
        place = first.last_id
        saying = asyncio.create_task(_say_slowly(api, 300))
        for _ in range(5):
            async with watching(api, last_id=place) as other:
                await other.events(20)
        async with watching(api, last_id=place) as last:
            for stream in (first, last):
                assert sorted([one["clock"] for one in await stream.events(300)]) == list(range(300))
        await saying


async def _say_slowly(api: Api, count: int) -> None:
    for number in range(count):
        await say(api, *started([number]))


async def test_another_tenant_or_cluster_sees_nothing(api: Api) -> None:
    async with watching(api, "eve") as theirs, watching(api, "euro") as euro, watching(api, "lost") as nobody:
        await say(api, *started(range(3)), *started([7], cluster_id=2), *started([8], tenant_id=2, cluster_id=3))
        assert [one["clock"] for one in await theirs.events(1)] == [8]
        assert [one["clock"] for one in await euro.events(3)] == [0, 1, 2]
        for stream in (theirs, euro, nobody):
            kind, data = await stream.next()
            assert (kind, set(data)) == ("position", {"watermark"})


async def test_a_slow_viewer_is_told_how_much_it_missed(chdb_store: ChdbStore, embedded_log: EmbeddedLog) -> None:
    """What it is told and what it missed is all there was."""
    async with served(chdb_store, embedded_log, QuerySettings(viewer_rows_max=10)) as api, watching(api) as stream:
        await say(api, *started(range(100)))
        came, said = await stream.until_missed()
        assert came + said["rows"] <= 100
        assert said["rows"] > 0
        assert said["reason"]


async def test_a_position_that_is_gone_is_told(chdb_store: ChdbStore, embedded_log: EmbeddedLog) -> None:
    async with served(chdb_store, embedded_log, QuerySettings(resume_records_max=5)) as api:
        async with watching(api) as stream:
            place = stream.last_id
        await _say_slowly(api, 40)
        async with watching(api, last_id=place) as stream:
            while (message := await stream.next())[0] != "missed":
                pass
            assert message[1]["rows"] is None


async def test_too_many_streams_are_refused(chdb_store: ChdbStore, embedded_log: EmbeddedLog) -> None:
    async with (
        served(chdb_store, embedded_log, QuerySettings(viewers_max=1)) as api,
        watching(api),
        watching(api, "eve"),
    ):
        status, body = await api.ask("/live")
        assert (status, body["code"], body["retry_after_s"]) == (429, "over_budget", 10)


async def test_a_quiet_stream_says_its_position(chdb_store: ChdbStore, embedded_log: EmbeddedLog) -> None:
    async with served(chdb_store, embedded_log, QuerySettings(keep_alive_s=0.2)) as api, watching(api) as stream:
        for _ in range(3):
            assert (await stream.next())[0] == "position"


async def test_a_stream_ends_when_it_is_old_and_when_the_service_stops(
    chdb_store: ChdbStore, embedded_log: EmbeddedLog
) -> None:
    async with (
        served(chdb_store, embedded_log, QuerySettings(stream_s_max=0.2, keep_alive_s=0.1)) as api,
        watching(api) as stream,
    ):
        await stream.to_its_end()
    async with served(chdb_store, embedded_log, QuerySettings()) as api, watching(api) as stream:
        await api.query.stop()
        await stream.to_its_end()


def test_names_are_remembered_within_a_bound() -> None:
    names = Names()
    for number in range(150_000):
        names.of({"tenant_id": 1, "cluster_id": 1, "task_id": str(number), "name": "n"})
    assert len(names._young) + len(names._old) <= 100_000
    assert names.of({"tenant_id": 1, "cluster_id": 1, "task_id": "149999"}) == "n"
    assert names.of({"tenant_id": 2, "cluster_id": 1, "task_id": "149999"}) == ""


async def test_what_a_viewer_is_not_given_is_counted() -> None:
    viewer = Viewer(Filter(1, frozenset({1})), 3, {0: 5})
    rows = [Happening(row, "") for row in started(range(5))]
    viewer.offer(0, 4, rows)
    viewer.offer(0, 5, rows)
    news = await viewer.take(1)
    assert ([one.row["clock"] for one in news.rows], news.missed) == ([0, 1, 2], 2)
    assert (await viewer.take(0)).missed == 0
