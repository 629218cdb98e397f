"""What browsers, callers and logs are told: headers, problem documents, bodies, the access log."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientPayloadError

from meadow.core.guard import GuardSettings
from meadow.core.proxies import Proxies
from tests.core.guarded import SESSION, TOKEN, Client, Connect, bearer, cookie, refusal

ACCESS = "aiohttp.access"  # its level may be left as a command of another test set it


@pytest.mark.parametrize("path", ["/mine", "/open", "/fault", "/refused", "/away", "/half"])
async def test_every_answer_keeps_the_browser_strict(client: Client, path: str) -> None:
    response = await client.get(path, allow_redirects=False)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["X-Request-Id"]
    assert "Server" not in response.headers
    assert "Access-Control-Allow-Origin" not in response.headers
    response.close()


async def test_the_request_id_is_the_callers_when_it_is_harmless(client: Client) -> None:
    kept = await client.get("/open", headers={"X-Request-Id": "abc-1"})
    assert kept.headers["X-Request-Id"] == "abc-1"
    replaced = await client.get("/open", headers={"X-Request-Id": "<script>"})
    assert replaced.headers["X-Request-Id"] != "<script>"


async def test_a_fault_is_logged_with_its_request_and_not_told(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.get("/fault", headers={"X-Request-Id": "find-me"})
    assert await refusal(response) == (500, "internal")
    assert "hunter2" not in await response.text()
    assert (await response.json(content_type=None))["request_id"] == "find-me"
    assert any("find-me" in record.getMessage() and record.exc_info for record in caplog.records)


async def test_half_an_answer_is_cut_off(client: Client) -> None:
    response = await client.get("/half")
    with pytest.raises(ClientPayloadError):
        await response.read()


async def test_a_refusal_says_when_to_ask_again(client: Client) -> None:
    response = await client.get("/refused")
    assert await refusal(response) == (429, "over_budget")
    assert response.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"{", "application/json", (400, "bad_request")),
        (b"", "application/json", (400, "bad_request")),
        (b"[]", "application/json", (400, "bad_request")),
        (b"[" * 900, "application/json", (400, "bad_request")),
        (b'{"a": "\xff"}', "application/json", (400, "bad_request")),
        (b'{"a": NaN}', "application/json", (400, "bad_request")),
        (b"{}", "text/plain", (400, "bad_request")),
        (b"a=1", "application/x-www-form-urlencoded", (400, "bad_request")),
        (b'{"a": "' + b"x" * 2000 + b'"}', "application/json", (413, "too_large")),
    ],
)
async def test_a_body_that_cannot_be_read(client: Client, body: bytes, content_type: str, expected: object) -> None:
    response = await client.post("/echo", data=body, headers={"Content-Type": content_type})
    assert await refusal(response) == expected


async def test_a_body_without_a_length_is_bounded_too(client: Client) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1000

    response = await client.post("/echo", data=endless(), headers={"Content-Type": "application/json"})
    assert await refusal(response) == (413, "too_large")


async def test_a_body_that_can(client: Client) -> None:
    response = await client.post("/echo", data=json.dumps({"a": "é"}), headers={"Content-Type": "application/json"})
    assert await response.json() == {"a": "é"}


async def test_the_access_log_has_no_query_and_no_token(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, ACCESS):
        await client.get("/open?token=one-time-secret", headers=bearer())
        await client.get("/mine?token=one-time-secret", headers=cookie())
        await client.get("/mine?token=one-time-secret", headers=bearer("bad-secret"))
        await client.server.close()  # every line is written by then
    text = caplog.text
    assert "127.0.0.1 GET /open 200" in text
    for secret in ("one-time-secret", "bad-secret", TOKEN, SESSION):
        assert secret not in text


async def test_the_access_log_names_whom_a_trusted_proxy_names(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    client = await connect(GuardSettings(proxies=Proxies(["127.0.0.1"])))
    with caplog.at_level(logging.INFO, ACCESS):
        await client.get("/open", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
        await client.server.close()
    assert "203.0.113.9 GET /open 200" in caplog.text
