"""ClickHouse's HTTP interface over chDB: the real engine, its SQL, formats and errors, where no server can be installed.

`python -m tests.servers.clickhouse_front --data FOLDER --port PORT [--password P]` says its address once it answers.
It has what Meadow's client asks for: no sessions, external tables or compressed answers. One process opens one folder.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import signal
import ssl
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cramjam
from aiohttp import BodyPartReader, web

from tests.servers.clickhouse_faults import Fault, Faults
from tests.servers.clickhouse_front_engine import Engine, EngineRefused
from tests.servers.clickhouse_front_sql import Request, request_of

BODY_BYTES_MAX = 1 << 30
KILL_AGAIN_S = 0.05
# ClickHouse 26.9, `exceptionCodeToHTTPStatus`; any other code is 500.
STATUS = {
    **dict.fromkeys((192, 193, 497, 516), 403),
    **dict.fromkeys((46, 47, 50, 60, 63, 73, 78, 81, 115, 152), 404),
    **dict.fromkeys((6, 26, 27, 36, 38, 41, 44, 53, 62, 72, 117, 167, 168, 376, 441), 400),
    **dict.fromkeys((76, 209, 439), 503),
    48: 501,
    159: 408,
}


class Front:
    """One address. A client that goes ends the question it asked; an insert it sent is finished."""

    def __init__(self, engine: Engine, login: str) -> None:
        self._engine = engine
        self._login = login  # user:password
        self._faults = Faults()
        self._pool = ThreadPoolExecutor(32, "engine")
        self._ending = False
        version = engine.run("SELECT version()", "TSV", {}, {}, "")
        self._version = version.decode().strip()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.add_routes([web.get("/ping", self._ping), web.post("/", self._serve), web.get("/", self._serve)])
        app.add_routes([web.post("/front/faults", self._set_faults), web.get("/front/faults", self._left)])
        return app

    def end(self) -> None:
        """What runs is killed from now on."""
        self._ending = True

    async def _ping(self, _: web.Request) -> web.Response:
        return web.Response(text="Ok.\n")

    async def _set_faults(self, request: web.Request) -> web.Response:
        self._faults.replace([Fault(**one) for one in await request.json()])
        return web.Response()

    async def _left(self, _: web.Request) -> web.Response:
        return web.json_response(self._faults.left)

    async def _serve(self, http: web.Request) -> web.StreamResponse:
        try:
            self._must_know(http)
            request = await _read(http)
            return await self._answer(http, request, self._faults.take(request.sql))
        except EngineRefused as refused:
            text = str(refused) if "(version " in str(refused) else f"{refused} (version {self._version})"
            headers = {"X-ClickHouse-Exception-Code": str(refused.code)}
            return web.Response(status=STATUS.get(refused.code, 500), text=f"{text}\n", headers=headers)

    def _must_know(self, http: web.Request) -> None:
        sent = http.headers.get("Authorization", "").removeprefix("Basic ")
        login = base64.b64decode(sent).decode(errors="replace") if sent else "default:"
        if login != self._login:
            why = "Authentication failed: password is incorrect, or there is no user with such name."
            raise EngineRefused(f"Code: 516. DB::Exception: {login.partition(':')[0]}: {why} (AUTHENTICATION_FAILED)")

    async def _answer(self, http: web.Request, request: Request, fault: Fault) -> web.StreamResponse:
        await asyncio.sleep(fault.delay_s)
        if fault.code:
            name = await self._run(request, partial(self._engine.run, _error_name(fault.code), "TSV", {}, {}, ""))
            raise EngineRefused(f"Code: {fault.code}. DB::Exception: As the test asked. ({name.decode().strip()})")
        if fault.status:
            return web.Response(status=fault.status, text="upstream connect error\n")
        if fault.cut == "before":
            return _cut(http)
        body = await self._run(request, partial(self._execute, request))
        if fault.cut == "after":
            return _cut(http)
        return await _send(http, body, request, half=fault.cut == "body")

    def _execute(self, request: Request) -> bytes:
        if request.statements > 1:
            raise EngineRefused("Code: 62. DB::Exception: Multi-statements are not allowed. (SYNTAX_ERROR)")
        database = request.values.get("database", "")
        if request.insert:
            self._engine.insert(request.insert, request.settings, database)
            return b""
        return self._engine.run(request.sql, request.form, request.settings, request.parameters, database)

    async def _run(self, request: Request, call: Callable[[], bytes]) -> bytes:
        running: Future[bytes] = self._pool.submit(call)
        done = asyncio.wrap_future(running)
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            while not done.done():
                if request.reads or self._ending:
                    await asyncio.to_thread(self._engine.kill, request.values["query_id"])
                await asyncio.wait({done}, timeout=KILL_AGAIN_S)
            done.exception()
            raise


def _error_name(code: int) -> str:
    return f"SELECT errorCodeToName({code})"


async def _read(http: web.Request) -> Request:
    values, body = {"query_id": uuid.uuid4().hex} | dict(http.query), b""
    if http.content_type == "multipart/form-data":
        async for part in await http.multipart():
            assert isinstance(part, BodyPartReader)
            assert part.name
            values[part.name] = await part.text()
    else:
        body = await http.read()
        if http.headers.get("Content-Encoding") == "lz4":
            body = bytes(await asyncio.to_thread(cramjam.lz4.decompress, body))
    return request_of(values, body)


async def _send(http: web.Request, body: bytes, request: Request, *, half: bool) -> web.StreamResponse:
    headers = {"X-ClickHouse-Query-Id": request.values["query_id"], "X-ClickHouse-Timezone": "UTC"}
    headers |= {"X-ClickHouse-Format": request.form} if body else {}
    if not half:
        return web.Response(body=body, headers=headers)
    response = web.StreamResponse(headers=headers)
    response.enable_chunked_encoding()
    await response.prepare(http)
    await response.write(body[: max(len(body) // 2, 1)])
    return _cut(http, response)


def _cut(http: web.Request, response: web.StreamResponse | None = None) -> web.StreamResponse:
    """As a server that dies: the connection is closed without a word."""
    assert http.transport
    http.transport.abort()
    return response or web.Response()


async def main(folder: Path, host: str, port: int, login: str, secure: ssl.SSLContext | None) -> None:
    """Serves until SIGTERM or SIGINT."""
    engine, stopped = Engine(folder), asyncio.Event()
    front = Front(engine, login)
    runner = web.AppRunner(
        front.app(), access_log=None, handler_cancellation=True, auto_decompress=False, shutdown_timeout=2
    )
    await runner.setup()
    await web.TCPSite(runner, host, port, ssl_context=secure).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    print(f"{host}:{port} answers", flush=True)
    await stopped.wait()
    front.end()
    await runner.cleanup()
    engine.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", default="default")
    parser.add_argument("--password", default="")
    parser.add_argument("--certificate", type=Path, help="answer by TLS")
    parser.add_argument("--key", type=Path)
    given = parser.parse_args()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if given.certificate else None
    if context:
        context.load_cert_chain(given.certificate, given.key)
    asyncio.run(main(given.data, given.host, given.port, f"{given.user}:{given.password}", context))
