"""The web part on a real server: signing in and out, the page and its files, alive and ready."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from meadow.core.errors import StoreUnavailable
from meadow.core.guard import COOKIE, Guard, GuardSettings
from meadow.core.http import caller_of, is_open, json_response
from meadow.core.scope import Caller, Permission, Tenant
from meadow.core.tokens import Audience, Tokens
from meadow.web.attempts import FAILURES_MAX
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

    def __init__(self, folder: Path, settings: WebSettings | None = None) -> None:
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
        self.server = TestServer(Guard(self.tokens, GuardSettings()).app([Me(), self.web]))

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


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path / "static")
    yield made
    await made.server.close()


@pytest.fixture
async def browser(house: House) -> AsyncIterator[Client]:
    client = TestClient(house.server, cookie_jar=CookieJar(unsafe=True))
    await client.start_server()
    yield client
    await client.close()


def own(client: Client) -> dict[str, str]:
    return {"Origin": f"http://{client.host}:{client.port}"}


def cookie_of(response: ClientResponse) -> str:
    return response.headers.get("Set-Cookie", "")


async def signed_in(client: Client) -> bool:
    return (await client.get("/api/v1/me")).status == 200


async def test_a_link_signs_in_once_and_leaves_no_trace_in_the_address(house: House, browser: Client) -> None:
    link = house.link()
    response = await browser.get(f"{link}&range=1h", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/?range=1h")
    assert response.headers["Cache-Control"] == "no-store"
    attributes = cookie_of(response).lower()
    for needed in ("httponly", "samesite=lax", "path=/", "max-age="):
        assert needed in attributes
    assert "secure" not in attributes
    assert await signed_in(browser)
    stranger = TestClient(house.server)
    again = await stranger.get(link, allow_redirects=False)
    assert (again.status, again.headers["Location"]) == (303, "/signin?reason=link")
    assert not cookie_of(again)
    assert not await signed_in(stranger)
    await stranger.close()


async def test_a_used_link_does_not_sign_a_browser_out(house: House, browser: Client) -> None:
    link = house.link()
    await browser.get(link)
    again = await browser.get(link, allow_redirects=False)
    assert (again.status, again.headers["Location"]) == (303, "/")
    assert await signed_in(browser)


async def test_a_preview_does_not_use_a_link_up(house: House, browser: Client) -> None:
    link = house.link()
    preview = await browser.head(link, allow_redirects=False)
    assert "token" not in preview.headers["Location"]
    await browser.get(link)
    assert await signed_in(browser)


async def test_a_link_ends(house: House, browser: Client) -> None:
    link = house.link()
    house.clock.ahead_s = WebSettings().link_s + 1
    response = await browser.get(link, allow_redirects=False)
    assert response.headers["Location"] == "/signin?reason=link"


async def test_an_api_token_signs_in_and_out(house: House, browser: Client) -> None:
    response = await browser.post("/api/v1/session", json={"token": house.token()})
    assert response.status == 204
    assert await signed_in(browser)
    unsafe = await browser.delete("/api/v1/session")
    assert unsafe.status == 403
    out = await browser.delete("/api/v1/session", headers=own(browser))
    assert out.status == 204
    assert not await signed_in(browser)


async def test_the_token_of_a_link_signs_in_by_the_form_too(house: House, browser: Client) -> None:
    token = house.link().partition("token=")[2]
    assert (await browser.post("/api/v1/session", json={"token": token})).status == 204
    assert (await browser.post("/api/v1/session", json={"token": token}, headers=own(browser))).status == 401


async def test_a_session_lasts_no_longer_than_its_token(house: House, browser: Client) -> None:
    response = await browser.post("/api/v1/session", json={"token": house.token()})
    morsel = SimpleCookie(cookie_of(response))[COOKIE]
    assert int(morsel["max-age"]) <= 600
    house.clock.ahead_s = 700
    with pytest.raises(Exception, match="expired"):
        house.tokens.read(morsel.value, Audience.SESSION)


async def test_behind_https_the_cookie_is_secure(tmp_path: Path) -> None:
    house = House(tmp_path / "https", WebSettings(https=True))
    client: Client = TestClient(house.server)
    await client.start_server()
    response = await client.get(house.link(), allow_redirects=False)
    assert "secure" in cookie_of(response).lower()
    await client.close()


@pytest.mark.parametrize("body", [{}, {"token": None}, {"token": 7}, {"token": ""}, {"token": "a.b.c"}])
async def test_a_wrong_token_does_not_sign_in(browser: Client, body: dict[str, object]) -> None:
    response = await browser.post("/api/v1/session", json=body)
    assert response.status == 401
    assert not cookie_of(response)


async def test_guessing_is_slowed_down(house: House, browser: Client) -> None:
    for _ in range(FAILURES_MAX // 2):
        assert (await browser.post("/api/v1/session", json={"token": "guess"})).status == 401
        assert (await browser.get("/?token=guess", allow_redirects=False)).status == 303
    response = await browser.post("/api/v1/session", json={"token": house.token()})
    assert response.status == 429
    assert int(response.headers["Retry-After"]) > 0
    assert (await browser.get(house.link(), allow_redirects=False)).status == 429


async def test_the_page_is_for_whoever_is_signed_in(house: House, browser: Client) -> None:
    away = await browser.get("/tasks/1?cluster=a%26b", allow_redirects=False)
    assert (away.status, away.headers["Location"]) == (303, "/signin?next=/tasks/1%3Fcluster%3Da%2526b")
    form = await browser.get("/signin?next=/tasks")
    assert (form.status, await form.text()) == (200, INDEX)
    await browser.get(house.link())
    for path in ("/", "/tasks/1", "/anything", "/index.html"):
        page = await browser.get(path)
        assert (page.status, await page.text()) == (200, INDEX)
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        head = await browser.head(path)
        assert (head.status, await head.read()) == (200, b"")


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/a", "/%5Cevil", "/", "/a" * 600, "/?token=x&a=1"])
async def test_next_never_leads_elsewhere(browser: Client, path: str) -> None:
    reader, writer = await asyncio.open_connection(browser.host, browser.port)
    writer.write(f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    head = (await reader.read()).decode()
    writer.close()
    location = next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("Location"))
    assert head.startswith("HTTP/1.1 303")
    assert location in ("/signin", "/signin?next=/%255Cevil", "/signin?next=/%3Fa%3D1")


async def test_files_are_kept_for_ever_and_packed(browser: Client) -> None:
    response = await browser.get("/assets/main-1a2b.js")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.content_type in ("text/javascript", "application/javascript")
    assert "let meadow = 1;" in await response.text()
    plain = await browser.get("/assets/main-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    again = await browser.get("/assets/main-1a2b.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


async def test_a_favicon_is_there_without_a_session(browser: Client) -> None:
    response = await browser.get("/favicon.ico")
    assert (response.status, response.content_type) == (200, "image/svg+xml")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/assets/../../service.py",
        "/assets/%2e%2e/%2e%2e/service.py",
        "/assets//etc/passwd",
        "/assets/",
    ],
)
async def test_no_path_reaches_the_disk(browser: Client, path: str) -> None:
    reader, writer = await asyncio.open_connection(browser.host, browser.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith(("HTTP/1.1 404", "HTTP/1.1 303"))
    assert "docstring" not in answer
    assert "root:" not in answer


async def test_the_api_answers_for_itself(house: House, browser: Client) -> None:
    assert (await browser.get("/api/v1/none")).status == 401
    headers = {"Authorization": f"Bearer {house.token()}"}
    for path in ("/api/v1/none", "/api/none", "/api/", "/api"):
        response = await browser.get(path, headers=headers)
        assert (response.status, response.content_type) == (404, "application/problem+json")
    wrong = await browser.get("/api/v1/session", headers=headers)
    assert (wrong.status, wrong.headers["Allow"]) == (405, "DELETE, POST")


async def test_alive_and_ready_without_a_credential(house: House, browser: Client) -> None:
    alive = await browser.get("/healthz")
    assert await alive.json() == {"status": "ok"}
    answers = await asyncio.gather(*(browser.get("/readyz") for _ in range(20)))
    dependencies = [{"name": "store", "ok": True, "detail": "3 tables"}, {"name": "log", "ok": True, "detail": ""}]
    assert await answers[0].json() == {"ready": True, "dependencies": dependencies}
    assert house.asked == 1


@pytest.mark.parametrize(
    ("failure", "detail"),
    [
        (StoreUnavailable("The store is away."), "The store is away."),
        (OSError("password hunter2"), "The check failed; the log says why."),
    ],
)
async def test_not_ready_says_what_is_missing(house: House, browser: Client, failure: Exception, detail: str) -> None:
    house.failing = failure
    response = await browser.get("/readyz")
    body = await response.json()
    assert response.status == 503
    assert body["ready"] is False
    assert body["dependencies"][0] == {"name": "store", "ok": False, "detail": detail}


async def test_an_installation_without_a_page_says_so(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path / "none")
    house = House(tmp_path / "static")
    part = Web(house.tokens, WebSettings(), {}, now_s=time.time, bundle=bundle)
    client: Client = TestClient(TestServer(Guard(house.tokens, GuardSettings()).app([part])))
    await client.start_server()
    response = await client.get("/signin")
    assert response.status == 503
    assert "not in this installation" in await response.text()
    assert (await client.get("/favicon.ico")).status == 204
    await client.close()


def test_only_these_are_open_to_all(house: House) -> None:
    routes = house.web.routes()
    opened = {f"{route.method} {route.path}" for route in routes if is_open(route.handler)}
    closed = {f"{route.method} {route.path}" for route in routes if not is_open(route.handler)}
    page = "GET /{path:(?!api(?:/|$)).*}"
    assert opened == {"GET /healthz", "GET /readyz", "POST /api/v1/session", "GET /signin", page}
    assert closed == {"DELETE /api/v1/session"}


def test_packing_is_real(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}" * 1000)
    file = Bundle(tmp_path)._files["a.css"]
    assert gzip.decompress(file.packed) == file.data
