"""What passes the web front: to whom, with which headers, and what does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from meadow.core.errors import BadSettings
from meadow.core.guard import COOKIE
from meadow.core.proxies import FORWARDED_FOR
from meadow.web.forward import Forward
from meadow.web.forward_headers import FORWARDED_PROTO
from tests.core.guarded import refusal
from tests.web.front import SETTINGS, Behind, bearer, fronted, session, token
from tests.web.house import INDEX, Client, own

QUERY, CONTROL = "query", "control"


@pytest.fixture
async def behind() -> AsyncIterator[tuple[Behind, Behind]]:
    query, control = Behind(QUERY), Behind(CONTROL)
    await query.server.start_server()
    await control.server.start_server()
    yield query, control
    await query.server.close()
    await control.server.close()


@pytest.fixture
async def browser(behind: tuple[Behind, Behind], tmp_path: Path) -> AsyncIterator[Client]:
    async with fronted(tmp_path, [behind[0].base], [behind[1].base]) as (_, client):
        yield client


async def told(client: Client, method: str, path: str, **more: Any) -> dict[str, Any]:
    async with client.request(method, path, **{"headers": bearer(), **more}) as response:
        assert response.status == 200, await response.text()
        found: dict[str, Any] = await response.json()
        return found


@pytest.mark.parametrize(
    ("method", "path", "by"),
    [
        ("GET", "tasks?state=FAILURE&name=a%20b", QUERY),
        ("GET", "tasks/a%2Fb", QUERY),
        ("GET", "clusters", QUERY),
        ("GET", "workers/celery@web-1", QUERY),
        ("GET", "openapi.json", QUERY),
        ("GET", "me", QUERY),
        ("GET", "commandsome", QUERY),
        ("GET", "commands?limit=3", CONTROL),
        ("GET", "commands/1a2b", CONTROL),
        ("GET", "tenants", CONTROL),
        ("GET", "clusters/eu/registration", CONTROL),
        ("POST", "clusters/eu/commands", CONTROL),
        ("POST", "clusters", CONTROL),
        ("PATCH", "clusters/eu", CONTROL),
        ("PUT", "tenants/acme", CONTROL),
        ("DELETE", "clusters/eu", CONTROL),
    ],
)
async def test_each_address_goes_to_the_part_that_answers_it(browser: Client, method: str, path: str, by: str) -> None:
    found = await told(browser, method, f"/api/v1/{path}")
    assert (found["by"], found["method"], found["path"]) == (by, method, f"/api/v1/{path}")


async def test_the_guard_behind_sees_what_the_browser_said(browser: Client) -> None:
    headers = {
        **{"Cookie": f"{COOKIE}={session()}; theme=dark", "X-Request-Id": "mine-1", "User-Agent": "a browser"},
        **{"Accept-Encoding": "br", FORWARDED_FOR: "10.0.0.9", "Last-Event-ID": "abc", "If-Match": '"3"'},
    }
    async with browser.get("/api/v1/tasks", headers=headers) as response:
        seen = (await response.json())["headers"]
        assert response.headers["X-Request-Id"] == "mine-1"
    assert seen["host"] == f"{browser.host}:{browser.port}"
    assert seen[FORWARDED_FOR.lower()] == "10.0.0.9, 127.0.0.1"
    assert seen[FORWARDED_PROTO.lower()] == "http"
    for name in ("Cookie", "X-Request-Id", "User-Agent", "Accept-Encoding", "Last-Event-ID", "If-Match"):
        assert seen[name.lower()] == headers[name]


async def test_headers_of_one_hop_end_there(browser: Client) -> None:
    headers = {**bearer(), "Connection": "keep-alive, X-Mine", "X-Mine": "1", "TE": "trailers", "Upgrade": "websocket"}
    async with browser.get("/api/v1/tasks", headers=headers) as response:
        seen = set((await response.json())["headers"])
        assert not seen & {"connection", "x-mine", "te", "upgrade", "keep-alive"}
        assert response.headers["X-End"] == "2"
        assert not {"Keep-Alive", "X-Hop"} & set(response.headers)


async def test_who_asks_is_judged_behind(browser: Client) -> None:
    async with browser.get("/api/v1/tasks") as response:
        assert await refusal(response) == (401, "unauthenticated")
    found = await told(browser, "GET", "/api/v1/tasks", headers=bearer("rival"))
    assert (found["subject"], found["tenant"]) == ("ann", "rival")
    async with browser.get("/api/v1/tasks", headers={"Authorization": "Bearer forged"}) as response:
        assert await refusal(response) == (401, "unauthenticated")


async def test_a_cookie_of_one_caller_does_not_go_out_with_the_next(browser: Client) -> None:
    await told(browser, "GET", "/api/v1/tasks", headers={"Cookie": f"{COOKIE}={session()}"})
    async with browser.get("/api/v1/tasks") as response:
        assert response.status == 401


async def test_signing_in_is_answered_here_and_holds_behind(browser: Client) -> None:
    async with browser.post("/api/v1/session", json={"token": token()}, headers=own(browser)) as response:
        assert response.status == 204
    assert (await told(browser, "GET", "/api/v1/me", headers={}))["subject"] == "ann"
    async with browser.get("/api/v1/session") as response:
        assert await refusal(response) == (405, "wrong_method")


async def test_a_foreign_page_gets_no_further_than_the_front(browser: Client, behind: tuple[Behind, Behind]) -> None:
    for headers in ({"Origin": "https://evil.example"}, {}, {"Sec-Fetch-Site": "cross-site", **own(browser)}):
        cookie = {"Cookie": f"{COOKIE}={session()}"}
        async with browser.post("/api/v1/clusters/eu/commands", headers={**cookie, **headers}) as response:
            assert await refusal(response) == (403, "foreign_origin")
    async with browser.get("/api/v1/tasks", headers={**bearer(), "Host": "evil.example"}) as response:
        assert await refusal(response) == (421, "wrong_host")
    assert not behind[0].asked
    assert not behind[1].asked
    own_page = {"Cookie": f"{COOKIE}={session()}", **own(browser)}
    assert (await told(browser, "POST", "/api/v1/clusters/eu/commands", headers=own_page))["by"] == CONTROL


async def test_bodies_pass_and_are_bounded(browser: Client, behind: tuple[Behind, Behind]) -> None:
    found = await told(browser, "POST", "/api/v1/clusters", json={"slug": "eu"})
    assert found["body"] == '{"slug": "eu"}'
    assert found["headers"]["content-type"] == "application/json"
    packed = await told(browser, "POST", "/api/v1/clusters", data=b"{}" * 3000, compress="gzip")
    assert packed["body"] == "{}" * 3000
    assert "content-encoding" not in packed["headers"]
    asked = len(behind[1].asked)
    for compress in (None, "gzip"):
        large = b"x" * (SETTINGS.body_bytes_max + 1)
        async with browser.post("/api/v1/clusters", data=large, headers=bearer(), compress=compress) as response:
            assert await refusal(response) == (413, "too_large")
    assert len(behind[1].asked) == asked


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1/../../readyz",
        "/api/v1/../../metrics",
        "/api/v1/%2e%2e/%2e%2e/metrics",
        "/api/v1/..%2f..%2fmetrics",
        "/api/v1/..%5c..%5cmetrics",
        "/api/v1/%252e%252e%252f%252e%252e%252fmetrics",
        "/api/v1/tasks/..",
        "/api/v1/./../../metrics",
        "/%61pi/v1/tasks",
        "/api%2fv1/tasks",
        "http://evil.example/readyz/../api/v1/../../metrics",
        "//api/v1/tasks",
        "/api/v1",
        "/api/v2/tasks",
        "/api/v1/%25252525252e%25252525252e/x",
    ],
)
async def test_no_path_leads_out_of_the_api(browser: Client, behind: tuple[Behind, Behind], target: str) -> None:
    answer = await raw(browser, target)
    assert answer.split()[1] in (b"404", b"400") or INDEX.encode() in answer
    assert b"only for" not in answer
    assert not behind[0].asked
    assert not behind[1].asked


@pytest.mark.parametrize(
    "target", ["/readyz", "/metrics", "/healthz", "http://evil.example/metrics", "http://evil.example/readyz"]
)
async def test_what_is_private_behind_stays_there(browser: Client, target: str) -> None:
    assert b"only for" not in await raw(browser, target)


async def test_the_host_of_an_absolute_address_leads_nowhere_else(browser: Client) -> None:
    answer = await raw(browser, "http://evil.example/api/v1/tasks?a=1")
    assert b'"path":"/api/v1/tasks?a=1"' in answer
    assert b"evil" not in answer


async def test_an_address_is_not_written_anew_on_the_way(browser: Client) -> None:
    assert b'"path":"/api/v1/tasks/%7e%7E?q=%zz&a=+%2B"' in await raw(browser, "/api/v1/tasks/%7e%7E?q=%zz&a=+%2B")


async def test_a_redirect_out_of_the_api_is_not_passed_on(browser: Client) -> None:
    async with browser.get("/api/v1/elsewhere", headers=bearer(), allow_redirects=False) as response:
        assert response.status == 302
        assert "Location" not in response.headers


async def test_other_methods_are_not_for_it(browser: Client) -> None:
    for method in ("HEAD", "OPTIONS", "TRACE", "PROPFIND"):
        async with browser.request(method, "/api/v1/tasks", headers=bearer()) as response:
            assert response.status == 405


@pytest.mark.parametrize(
    "base",
    ["query:5563", "ftp://query", "http://", "http://u:p@query", "http://query/api", "http://query:x", "http://q?a=1"],
)
def test_an_address_that_is_none_is_refused_at_the_start(base: str) -> None:
    with pytest.raises(BadSettings):
        Forward([base], ["http://control:5564"])
    with pytest.raises(BadSettings):
        Forward([], ["http://control:5564"])


async def raw(client: TestClient[Any, Any], target: str) -> bytes:
    """What a client gets that writes its own request line."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    lines = ["", f"Host: {client.host}:{client.port}", f"Authorization: Bearer {token()}", "Connection: close", "", ""]
    writer.write(f"GET {target} HTTP/1.1".encode() + "\r\n".join(lines).encode())
    try:
        return await asyncio.wait_for(reader.read(), 30)
    finally:
        writer.close()
        await writer.wait_closed()
