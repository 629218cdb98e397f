"""A web part on a real server, with a small page of its own, and what its tests ask of it."""

from __future__ import annotations

import time
from pathlib import Path

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from meadow.core.guard import Guard, GuardSettings
from meadow.core.http import caller_of, json_response
from meadow.core.scope import Caller, Permission, Tenant
from meadow.core.tokens import Tokens
from meadow.web.bundle import Bundle
from meadow.web.service import Web
from meadow.web.session import WebSettings

Client = TestClient[web.Request, web.Application]
INDEX = "<!doctype html><title>Meadow</title>" + " " * 2000
ACME = Tenant(1, "acme")
ANN = Caller("ann", ACME, frozenset({Permission.TASKS_READ}))


class Me:
    """A part that needs a credential."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/v1/me", self.me)]

    async def me(self, request: web.Request) -> web.Response:
        return json_response({"subject": caller_of(request).subject})


class Clock:
    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


class House:
    """One web part with a page of three files, and what its checks say."""

    def __init__(self, folder: Path, settings: WebSettings | None = None, guard: GuardSettings | None = None) -> None:
        (folder / "assets").mkdir(parents=True)
        (folder / "index.html").write_text(INDEX)
        (folder / "assets" / "main-1a2b.js").write_text("let meadow = 1;\n" * 200)
        (folder / "favicon.svg").write_text("<svg/>")
        self.clock = Clock()
        self.tokens = Tokens(b"s" * 32, lambda: {"acme": ACME}, self.clock)
        self.failing: Exception | None = None
        self.asked = 0
        self.web = Web(
            self.tokens,
            settings or WebSettings(),
            {"store": self.check, "log": self.fine},
            now_s=self.clock,
            bundle=Bundle(folder),
        )
        self.server = TestServer(Guard(self.tokens, guard or GuardSettings()).app([Me(), self.web]))

    async def check(self) -> str:
        self.asked += 1
        if self.failing:
            raise self.failing
        return "3 tables"

    async def fine(self) -> str:
        return ""

    def token(self) -> str:
        return self.tokens.mint("ann", "acme", ["tasks:read"], lifetime_s=600)

    def link(self) -> str:
        return self.web.one_time_url("http://localhost:5555/", ANN).removeprefix("http://localhost:5555")


def own(client: Client) -> dict[str, str]:
    return {"Origin": f"http://{client.host}:{client.port}"}


def cookie_of(response: ClientResponse) -> str:
    return response.headers.get("Set-Cookie", "")


async def signed_in(client: Client) -> bool:
    return (await client.get("/api/v1/me")).status == 200
