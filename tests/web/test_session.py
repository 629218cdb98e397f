"""Signing in and out: by link, by token, by cookie; and how guessing is slowed down."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from meadow.core.guard import COOKIE, GuardSettings
from meadow.core.proxies import Proxies
from meadow.core.tokens import Audience
from meadow.web.attempts import FAILURES_MAX
from meadow.web.session import WebSettings
from tests.web.house import Client, House, cookie_of, own, signed_in


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


async def guessed(client: Client, seen: str) -> int:
    """The status of a good token's sign-in from that address, after too many bad ones from another."""
    for _ in range(FAILURES_MAX):
        await client.post("/api/v1/session", json={"token": "guess"}, headers={"X-Forwarded-For": "203.0.113.9"})
    blocked = await client.post("/api/v1/session", json={"token": "g"}, headers={"X-Forwarded-For": "203.0.113.9"})
    assert blocked.status == 429
    return (await client.post("/api/v1/session", json={"token": "bad"}, headers={"X-Forwarded-For": seen})).status


async def test_behind_a_trusted_proxy_a_guesser_locks_nobody_else_out(tmp_path: Path) -> None:
    house = House(tmp_path / "static", guard=GuardSettings(proxies=Proxies(["127.0.0.0/8"])))
    async with TestClient(house.server) as client:
        assert await guessed(client, "203.0.113.10") == 401
        assert await guessed(client, "203.0.113.10, 203.0.113.9") == 429, "what the guesser wrote itself says nothing"


async def test_a_guesser_cannot_name_itself_otherwise(house: House, browser: Client) -> None:
    assert await guessed(browser, "203.0.113.10") == 429
