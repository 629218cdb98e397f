"""One process of an HTTP service: its services live as long as the application, and one that fails ends the process."""

from __future__ import annotations

import asyncio
import signal
import time

import pytest
from aiohttp import ClientSession, web

from meadow.core.guard import Guard, GuardSettings
from meadow.core.http import open_to_all
from meadow.core.tokens import Tokens
from meadow.deploy import worker_app
from meadow.deploy.assemble_http import hosted_web
from meadow.deploy.metering import Metering
from meadow.deploy.roles import Listening, Web
from meadow.deploy.token import Vouched
from meadow.deploy.worker_app import Hosted, runner
from tests.servers.deadlines import until
from tests.servers.processes import free_port
from tests.web.front import Behind, bearer


class Noted:
    """A Service that notes what is asked of it, and a part with an answer that takes its time and a stream."""

    name = "noted"

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.may_fail, self.may_answer = asyncio.Event(), asyncio.Event()
        self.ended = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/slow", self.slow), web.get("/stream", self.stream)]

    @open_to_all
    async def slow(self, request: web.Request) -> web.Response:
        self.notes.append("asked")
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.notes.append("given up")
            raise
        assert "stopped" not in self.notes, "what an answer needs is there until it is given"
        return web.Response(text="whole")

    @open_to_all
    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"begun")
        await self.ended.wait()
        return response

    async def start(self) -> None:
        self.notes.append("started")

    async def run(self) -> None:
        await self.may_fail.wait()
        raise RuntimeError("as the test wants it")

    async def stop(self) -> None:
        self.notes.append("stopped")

    async def end_streams(self) -> None:
        self.ended.set()


def hosted(noted: Noted) -> web.AppRunner:
    guard = Guard(Tokens(b"s" * 32, Vouched, time.time), GuardSettings())
    return runner(Hosted(guard, Metering(), [noted], [noted], noted.end_streams))


async def listening(served: web.AppRunner) -> str:
    port = free_port()
    await served.setup()
    await web.TCPSite(served, "127.0.0.1", port).start()
    return f"http://127.0.0.1:{port}"


async def test_services_start_with_it_and_stop_after_its_last_answer() -> None:
    service = Noted()
    served = hosted(service)
    url = await listening(served)
    async with ClientSession() as session:
        asking = asyncio.create_task(session.get(f"{url}/slow"))
        await until(lambda: "asked" in service.notes, "the request")
        ending = asyncio.create_task(served.cleanup())
        await until(lambda: not served.sites, "no more is taken")
        service.may_answer.set()
        assert await (await asking).text() == "whole"
        await ending
    assert service.notes == ["started", "asked", "stopped"]


async def test_streams_are_ended_before_answers_are_waited_for() -> None:
    service = Noted()
    served = hosted(service)
    url = await listening(served)
    async with ClientSession() as session, session.get(f"{url}/stream") as answer:
        assert await answer.content.readany() == b"begun"
        ending = asyncio.create_task(served.cleanup())
        assert await answer.content.read() == b""
        await ending


async def test_what_nobody_waits_for_any_more_is_given_up() -> None:
    service = Noted()
    served = hosted(service)
    url = await listening(served)
    async with ClientSession() as session:
        asking = asyncio.create_task(session.get(f"{url}/slow"))
        await until(lambda: "asked" in service.notes, "the request")
        asking.cancel()
        await until(lambda: "given up" in service.notes, "the handler was cancelled")
    await served.cleanup()


async def test_a_web_front_that_ends_does_not_wait_for_its_viewers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_app, "FINISH_WITHIN_S", 600.0)
    behind = Behind("behind")
    await behind.server.start_server()
    served = runner(hosted_web(Web((behind.base,), (behind.base,), b"s" * 32, False, "", Listening("", 0)), None))
    url = await listening(served)
    async with ClientSession() as session, session.get(f"{url}/api/v1/live", headers=bearer()) as answer:
        assert answer.status == 200
        async with asyncio.timeout(20):
            await served.cleanup()
        assert await answer.content.read() == b""
    await behind.server.close()


async def test_a_service_that_fails_ends_the_process_so_that_another_is_started() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    service = Noted()
    served = hosted(service)
    try:
        await listening(served)
        service.may_fail.set()
        async with asyncio.timeout(10):
            await told.wait()
    finally:
        await served.cleanup()
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as the test run has it
    assert service.notes == ["started", "stopped"]
