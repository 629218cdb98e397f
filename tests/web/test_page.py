"""The page and its files, alive and ready."""

from __future__ import annotations

import asyncio
import gzip
import time
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from meadow.core.errors import StoreUnavailable
from meadow.core.guard import Guard, GuardSettings
from meadow.core.http import is_open
from meadow.web.bundle import Bundle
from meadow.web.service import Web
from meadow.web.session import WebSettings
from tests.web.house import INDEX, Client, House


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
