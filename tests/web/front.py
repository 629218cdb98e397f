"""A web front on a real server, and real guarded servers behind it that tell what reached them."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from meadow.core.errors import LogUnavailable
from meadow.core.guard import Guard, GuardSettings
from meadow.core.http import Routes, caller_of, json_response, open_to_all
from meadow.core.scope import Tenant
from meadow.core.tokens import Audience, Tokens
from meadow.web.bundle import Bundle
from meadow.web.forward import Forward
from meadow.web.service import Web
from meadow.web.session import WebSettings
from tests.web.house import INDEX, Client

TENANTS = {"acme": Tenant(1, "acme"), "rival": Tenant(2, "rival")}
TOKENS = Tokens(b"s" * 32, lambda: TENANTS, time.time)
DIE = b"data: last words\n\n"
SETTINGS = GuardSettings(body_bytes_max=10_000)


def token(tenant: str = "acme", *permissions: str) -> str:
    return TOKENS.mint("ann", tenant, permissions or ["tasks:read"], lifetime_s=600)


def bearer(tenant: str = "acme", *permissions: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(tenant, *permissions)}"}


def session() -> str:
    return TOKENS.session(TOKENS.read(token(), Audience.API), 600)


class Behind:
    """One process behind the front: says what it was asked, streams, hangs, breaks off, or ends a connection unanswered."""

    def __init__(self, name: str, port: int | None = None) -> None:
        self.name = name
        self.asked: list[str] = []
        self.hanging = 0
        self.starting = False
        self.said: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.server = TestServer(Guard(TOKENS, SETTINGS).app([self]), port=port)

    @property
    def base(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self.private),
            web.get("/readyz", self.private),
            web.get("/metrics", self.private),
            web.get("/api/v1/live", self.live),
            web.route("*", "/api/v1/hang", self.hang),
            web.route("*", "/api/v1/dead", self.dead),
            web.route("*", "/api/v1/unready", self.unready),
            web.get("/api/v1/half", self.half),
            web.get("/api/v1/elsewhere", self.elsewhere),
            web.route("*", "/api/v1/{rest:.*}", self.echo),
        ]

    @open_to_all
    async def private(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return web.Response(text=f"only for {self.name}")

    async def echo(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.raw_path}")
        told: dict[str, Any] = {"by": self.name, "method": request.method, "path": request.raw_path}
        told |= {
            "headers": {str(name).lower(): value for name, value in request.headers.items()},
            "subject": caller_of(request).subject,
        }
        told |= {"tenant": caller_of(request).tenant.slug, "body": (await request.read()).decode()}
        return json_response(
            told, headers={"Keep-Alive": "timeout=3", "Connection": "X-Hop", "X-Hop": "1", "X-End": "2"}
        )

    async def live(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        self.hanging += 1
        try:
            while (piece := await self.said.get()) is not None:
                await response.write(piece)
                if piece == DIE and request.transport is not None:
                    request.transport.abort()
        finally:
            self.hanging -= 1
        return response

    async def hang(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.raw_path}")
        self.hanging += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.hanging -= 1
        raise AssertionError("it waits for ever")

    async def dead(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.raw_path}")
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def unready(self, request: web.Request) -> web.Response:
        """While it starts."""
        if not self.starting:
            return await self.echo(request)
        self.asked.append(f"{request.method} {request.raw_path}")
        raise LogUnavailable("The registry has not been read yet.")

    async def half(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half of")
        assert request.transport is not None
        request.transport.abort()
        return response

    async def elsewhere(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "https://evil.example/"})


@asynccontextmanager
async def fronted(folder: Path, query: Sequence[str], control: Sequence[str]) -> AsyncIterator[tuple[Forward, Client]]:
    """A front with a page, and a browser that is not signed in."""
    (folder / "static").mkdir(exist_ok=True)
    (folder / "static" / "index.html").write_text(INDEX)
    forward = Forward(query, control)
    page = Web(TOKENS, WebSettings(), forward.checks(), now_s=time.time, bundle=Bundle(folder / "static"))
    parts: list[Routes] = [page, forward]
    server = TestServer(Guard(TOKENS, SETTINGS).app(parts))
    await forward.start()
    try:
        async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
            yield forward, client
    finally:
        await forward.stop()


def nowhere() -> str:
    """An address where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"
