"""What the front does while processes behind it are away, slow, or break off; and that nothing is sent twice."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientResponse

from meadow.web import forward_relay
from meadow.web.forward_backends import AWAY_S, Backends
from tests.core.guarded import refusal
from tests.servers.deadlines import until
from tests.web.front import DIE, Behind, bearer, fronted, nowhere


@pytest.fixture
async def first() -> AsyncIterator[Behind]:
    made = Behind("first")
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def second() -> AsyncIterator[Behind]:
    made = Behind("second")
    await made.server.start_server()
    yield made
    await made.server.close()


async def test_processes_of_a_part_take_turns(first: Behind, second: Behind, tmp_path: Path) -> None:
    async with fronted(tmp_path, [first.base, second.base], [first.base]) as (_, client):
        answered = Counter([await by(await client.get("/api/v1/tasks", headers=bearer())) for _ in range(10)])
    assert answered == {"first": 5, "second": 5}


async def test_one_that_is_away_costs_nobody_a_request(first: Behind, tmp_path: Path) -> None:
    bases = [nowhere(), first.base, nowhere()]
    async with fronted(tmp_path, bases, bases) as (forward, client):
        begun_s = time.monotonic()
        for _ in range(6):
            assert await by(await client.get("/api/v1/tasks", headers=bearer())) == "first"
            assert await by(await client.post("/api/v1/clusters", headers=bearer(), data=b"{}")) == "first"
        whiles = (time.monotonic() - begun_s) // AWAY_S  # for one they are asked last, and then as before
        assert 1 <= forward.failures["query", "away"] <= 2 + 2 * whiles
        assert {one.labels for one in forward.readings()} == {("query", "away"), ("control", "away")}
    assert first.asked.count("POST /api/v1/clusters") == 6


async def test_one_that_comes_back_is_asked_again(second: Behind, tmp_path: Path) -> None:
    first = Behind("first")
    await first.server.start_server()
    base, port = first.base, first.server.port
    await first.server.close()
    async with fronted(tmp_path, [base, second.base], [second.base]) as (_, client):
        assert await by(await client.get("/api/v1/tasks", headers=bearer())) == "second"
        back = Behind("first", port)
        await back.server.start_server()

        async def is_back() -> bool:
            return await by(await client.get("/api/v1/tasks", headers=bearer())) == "first"

        await until(is_back, "the first answers again")
        await back.server.close()


async def test_a_part_that_is_away_is_a_refusal_that_says_when_to_ask_again(first: Behind, tmp_path: Path) -> None:
    async with fronted(tmp_path, [nowhere(), nowhere()], [first.base]) as (_, client):
        async with client.get("/api/v1/tasks", headers=bearer()) as response:
            assert await refusal(response) == (503, "part_unavailable")
            assert response.headers["Retry-After"] == str(int(AWAY_S))
        async with client.get("/readyz") as ready:
            told = {one["name"]: one for one in (await ready.json())["dependencies"]}
            assert (ready.status, told["query"]["ok"], told["control"]["ok"]) == (503, False, True)
            assert told["control"]["detail"] == "1 of 1 answer"
        async with client.get("/signin") as page:
            assert page.status == 200


async def test_a_write_whose_answer_is_lost_is_not_sent_again(first: Behind, second: Behind, tmp_path: Path) -> None:
    bases = [first.base, second.base]
    async with fronted(tmp_path, bases, bases) as (_, client):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            await by(
                await client.post("/api/v1/clusters", headers=bearer())
            )  # so that a kept connection would be at hand
            async with client.request(method, "/api/v1/dead", headers=bearer()) as response:
                assert await refusal(response) == (502, "answer_lost")
            asked = [line for one in (first, second) for line in one.asked if line == f"{method} /api/v1/dead"]
            assert len(asked) == 1


async def test_a_question_whose_answer_is_lost_is_asked_of_the_next(
    first: Behind, second: Behind, tmp_path: Path
) -> None:
    async with fronted(tmp_path, [first.base, second.base], [first.base]) as (_, client):
        async with client.get("/api/v1/dead", headers=bearer()) as response:
            assert await refusal(response) == (503, "part_unavailable")
        assert first.asked
        assert second.asked
        before = len(first.asked + second.asked)
        async with client.get("/api/v1/dead", headers=bearer(), data=b"a body") as response:
            assert await refusal(response) == (502, "answer_lost")
        assert len(first.asked + second.asked) == before + 1


async def test_a_question_to_one_that_is_not_ready_is_asked_of_the_next(
    first: Behind, second: Behind, tmp_path: Path
) -> None:
    first.starting = True
    bases = [first.base, second.base]
    async with fronted(tmp_path, bases, bases) as (_, client):
        begun_s = time.monotonic()
        for _ in range(6):
            assert await by(await client.get("/api/v1/unready", headers=bearer())) == "second"
        assert len(first.asked) <= 1 + (time.monotonic() - begun_s) // AWAY_S  # for a while it is asked last
        second.starting = True
        async with client.get("/api/v1/unready", headers=bearer()) as response:
            assert await refusal(response) == (503, "log_unavailable")
        async with client.post("/api/v1/unready", headers=bearer()) as response:
            assert await refusal(response) == (503, "log_unavailable")
        assert (first.asked + second.asked).count("POST /api/v1/unready") == 1


async def test_half_an_answer_is_not_taken_for_the_whole(first: Behind, tmp_path: Path) -> None:
    async with fronted(tmp_path, [first.base], [first.base]) as (_, client):
        with pytest.raises(ClientError):
            async with client.get("/api/v1/half", headers=bearer()) as response:
                await response.read()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_leaves_ends_the_request_behind(first: Behind, tmp_path: Path, method: str) -> None:
    async with fronted(tmp_path, [first.base], [first.base]) as (_, client):
        asking = asyncio.create_task(client.session.request(method, client.make_url("/api/v1/hang"), headers=bearer()))
        await until(lambda: first.hanging == 1, "the request is behind")
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await until(lambda: first.hanging == 0, "the request behind was cancelled", 30)


async def test_a_stream_passes_as_it_is_written(first: Behind, tmp_path: Path) -> None:
    async with fronted(tmp_path, [first.base], [first.base]) as (_, client):
        async with client.get("/api/v1/live", headers=bearer()) as response:
            assert response.content_type == "text/event-stream"  # before anything was said
            for piece in (b"retry: 2000\n\n", b"data: 1\n\n", b"x" * 200_000):
                first.said.put_nowait(piece)
                assert await asyncio.wait_for(response.content.readexactly(len(piece)), 30) == piece
            first.said.put_nowait(None)
            assert await asyncio.wait_for(response.content.read(), 30) == b""
        await until(lambda: first.hanging == 0, "the stream behind ended")


async def test_a_stream_ends_when_its_viewer_goes(first: Behind, tmp_path: Path) -> None:
    async with fronted(tmp_path, [first.base], [first.base]) as (_, client):
        response = await client.get("/api/v1/live", headers=bearer())
        await until(lambda: first.hanging == 1, "the stream is open")
        response.close()
        await until(lambda: first.hanging == 0, "the stream behind ended", 30)


async def test_a_stream_ends_when_the_process_behind_goes(first: Behind, tmp_path: Path) -> None:
    async with (
        fronted(tmp_path, [first.base], [first.base]) as (_, client),
        client.get("/api/v1/live", headers=bearer()) as response,
    ):
        first.said.put_nowait(DIE)
        assert await asyncio.wait_for(response.content.read(), 30) == DIE  # a browser comes back with its position


async def test_a_viewer_that_takes_nothing_is_gone(
    first: Behind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forward_relay, "WRITE_WITHIN_S", 0.2)
    async with fronted(tmp_path, [first.base], [first.base]) as (_, client):
        url = client.make_url("/api/v1/live")
        head = f"GET {url.path} HTTP/1.1\r\nHost: {url.authority}\r\nAuthorization: {bearer()['Authorization']}\r\n\r\n"
        assert client.server.runner is not None
        front = client.server.runner.server
        assert front is not None
        with socket.create_connection((url.host, url.port)) as viewer:
            viewer.sendall(head.encode())
            await until(lambda: first.hanging == 1, "the stream is open")
            for _ in range(100):
                first.said.put_nowait(b"x" * 200_000)
            await until(lambda: first.hanging == 0 and not front.connections, "nothing of it is left")


async def test_live_views_can_be_ended_alone(first: Behind, tmp_path: Path) -> None:
    async with fronted(tmp_path, [first.base], [first.base]) as (forward, client):
        async with client.get("/api/v1/live", headers=bearer()) as response:
            await forward.end_streams()
            assert await asyncio.wait_for(response.content.read(), 30) == b""
        async with client.get("/api/v1/tasks", headers=bearer()) as response:
            assert response.status == 200


async def test_a_front_that_stops_ends_its_streams(first: Behind, tmp_path: Path) -> None:
    async with fronted(tmp_path, [first.base], [first.base]) as (forward, client):
        async with client.get("/api/v1/live", headers=bearer()) as response:
            await forward.stop()
            assert await asyncio.wait_for(response.content.read(), 30) == b""
        await until(lambda: first.hanging == 0, "the stream behind ended")
        async with client.get("/api/v1/tasks", headers=bearer()) as response:
            assert await refusal(response) == (503, "part_unavailable")


def test_who_was_away_comes_last_for_a_while() -> None:
    now_s = 0.0
    backends = Backends("query", ["http://a:1", "http://b:1", "http://c:1/"], lambda: now_s)
    backends.away("http://b:1")
    assert {backends.in_turn()[-1] for _ in range(3)} == {"http://b:1"}
    assert {backends.in_turn()[0] for _ in range(9)} == {"http://a:1", "http://c:1"}
    now_s = AWAY_S
    assert {backends.in_turn()[0] for _ in range(3)} == {"http://a:1", "http://b:1", "http://c:1"}


async def by(response: ClientResponse) -> str:
    """Which process answered."""
    async with response:
        assert response.status == 200, await response.text()
        return str((await response.json())["by"])
