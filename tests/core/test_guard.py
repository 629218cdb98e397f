"""The guard: every refusal, on a real server, and what browsers and logs are told."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientPayloadError, ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from meadow.core.errors import BadQuestion, OverBudget
from meadow.core.guard import COOKIE, Guard, GuardSettings
from meadow.core.http import AccessLog, caller_of, caller_or_none, json_response, open_to_all, read_json
from meadow.core.scope import Tenant
from meadow.core.tokens import Audience, Tokens

Client = TestClient[web.Request, web.Application]
TOKENS = Tokens(b"s" * 32, lambda: {"acme": Tenant(1, "acme")}, time.time)
TOKEN = TOKENS.mint("ann", "acme", ["tasks:read"], lifetime_s=600)
SESSION = TOKENS.session(TOKENS.read(TOKEN, Audience.API), 600)


class Part:
    """A handler of each kind."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/mine", self.mine),
            web.post("/mine", self.mine),
            web.get("/open", self.anybody),
            web.post("/open", self.anybody),
            web.post("/echo", self.echo),
            web.get("/fault", self.fault),
            web.get("/half", self.half),
            web.get("/refused", self.refused),
            web.get("/away", self.away),
        ]

    async def mine(self, request: web.Request) -> web.Response:
        return json_response({"subject": caller_of(request).subject})

    @open_to_all
    async def anybody(self, request: web.Request) -> web.Response:
        caller = caller_or_none(request)
        return json_response({"subject": caller.subject if caller else None})

    @open_to_all
    async def echo(self, request: web.Request) -> web.Response:
        return json_response(await read_json(request))

    @open_to_all
    async def fault(self, request: web.Request) -> web.Response:
        raise RuntimeError("the password is hunter2")

    @open_to_all
    async def half(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        raise BadQuestion("too late to say")

    @open_to_all
    async def refused(self, request: web.Request) -> web.Response:
        raise OverBudget("Too many.", retry_after_s=0.2)

    @open_to_all
    async def away(self, request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/open")


Connect = Callable[[GuardSettings], Any]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    clients: list[Client] = []

    async def connected(settings: GuardSettings) -> Client:
        server = TestServer(Guard(TOKENS, settings).app([Part()]))
        await server.start_server(access_log_class=AccessLog)
        clients.append(TestClient(server))
        return clients[-1]

    yield connected
    for client in clients:
        await client.close()


@pytest.fixture
async def client(connect: Connect) -> Client:
    return await connect(GuardSettings(body_bytes_max=1000))  # type: ignore[no-any-return]  # a fixture's Any


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def cookie(**more: str) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={SESSION}", **more}


def own(client: Client) -> str:
    return f"http://{client.host}:{client.port}"


async def refusal(response: ClientResponse) -> tuple[int, str]:
    assert response.content_type == "application/problem+json"
    body = await response.json(content_type=None)
    assert body["status"] == response.status
    assert body["title"]
    assert body["detail"].endswith((".", "!"))
    return response.status, body["code"]


async def test_a_bearer_or_a_cookie_opens_and_nothing_else(client: Client) -> None:
    assert await refusal(await client.get("/mine")) == (401, "unauthenticated")
    for headers in (bearer(), {"authorization": f"BEARER {TOKEN}"}, cookie()):
        response = await client.get("/mine", headers=headers)
        assert await response.json() == {"subject": "ann"}


@pytest.mark.parametrize(
    "headers",
    [
        bearer("nonsense"),
        bearer(SESSION),
        {"Cookie": f"{COOKIE}={TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": ""},
        cookie(Authorization="Bearer nonsense"),
    ],
)
async def test_another_credential_is_refused_without_being_repeated(client: Client, headers: dict[str, str]) -> None:
    response = await client.get("/mine", headers=headers)
    assert await refusal(response) == (401, "unauthenticated")
    assert TOKEN not in await response.text()


async def test_what_is_open_knows_a_caller_but_needs_none(client: Client) -> None:
    for headers, subject in (({}, None), (bearer("nonsense"), None), (bearer(), "ann"), (cookie(), "ann")):
        response = await client.get("/open", headers=headers)
        assert await response.json() == {"subject": subject}


async def test_an_unknown_address_needs_a_credential_like_all_others(client: Client) -> None:
    assert await refusal(await client.get("/none")) == (401, "unauthenticated")
    assert await refusal(await client.get("/none", headers=bearer())) == (404, "not_found")
    wrong = await client.delete("/mine", headers=bearer())
    assert await refusal(wrong) == (405, "wrong_method")
    assert wrong.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil", "", "127.0.0.2", "a b", "::1"]
)
async def test_a_foreign_host_is_refused(client: Client, host: str) -> None:
    response = await client.get("/open", headers={"Host": host, **bearer()})
    assert await refusal(response) == (421, "wrong_host")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.:99", "127.0.0.1:5555", "[::1]:5555", "[::1]"])
async def test_our_own_names_are_taken(client: Client, host: str) -> None:
    assert (await client.get("/open", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    ("settings", "host", "taken"),
    [
        (GuardSettings(hosts=frozenset({"Meadow.Example"})), "meadow.example", True),
        (GuardSettings(bind="10.0.0.5"), "10.0.0.5", True),
        (GuardSettings(bind="fd00::5"), "[fd00::5]", True),
        (GuardSettings(bind="10.0.0.5"), "10.0.0.6", False),
        (GuardSettings(bind="0.0.0.0"), "10.0.0.6", True),
        (GuardSettings(bind="::"), "[fd00::6]", True),
        (GuardSettings(bind="0.0.0.0"), "evil.example", False),
        (GuardSettings(bind=""), "", False),
    ],
)
def test_which_hosts_are_ours(settings: GuardSettings, host: str, taken: bool) -> None:
    assert settings.takes(host) is taken


async def test_a_write_by_cookie_must_come_from_our_own_page(client: Client) -> None:
    mine = await client.post("/mine", headers=cookie(Origin=own(client)))
    assert mine.status == 200
    same = await client.post("/mine", headers=cookie(Origin=own(client), **{"Sec-Fetch-Site": "same-origin"}))
    assert same.status == 200


@pytest.mark.parametrize(
    "origin",
    [None, "null", "", "http://evil.example", "ftp://{own}", "http://{host}", "http://{own}.evil"],
)
async def test_a_write_by_cookie_from_elsewhere_is_refused(client: Client, origin: str | None) -> None:
    authority = f"{client.host}:{client.port}"
    more = {} if origin is None else {"Origin": origin.format(own=authority, host=client.host)}
    response = await client.post("/mine", headers=cookie(**more))
    assert await refusal(response) == (403, "foreign_origin")


async def test_what_the_browser_says_of_the_page_counts_too(client: Client) -> None:
    for site in ("cross-site", "same-site", "none"):
        headers = cookie(Origin=own(client), **{"Sec-Fetch-Site": site})
        assert await refusal(await client.post("/mine", headers=headers)) == (403, "foreign_origin")
        alone = await client.post("/open", headers={"Sec-Fetch-Site": site})
        assert await refusal(alone) == (403, "foreign_origin")


async def test_nobody_is_signed_in_from_another_page(client: Client) -> None:
    assert (await client.post("/open")).status == 200
    foreign = await client.post("/open", headers={"Origin": "http://evil.example"})
    assert await refusal(foreign) == (403, "foreign_origin")


async def test_a_bearer_needs_no_origin(client: Client) -> None:
    for more in ({}, {"Origin": "http://elsewhere.example"}):
        assert (await client.post("/mine", headers={**bearer(), **more})).status == 200


async def test_behind_https_an_http_page_is_foreign(connect: Connect) -> None:
    client = await connect(GuardSettings(hosts=frozenset({"meadow.example"}), https=True))
    host = {"Host": "meadow.example"}
    https = await client.post("/mine", headers=cookie(Origin="https://meadow.example", **host))
    assert https.status == 200
    plain = await client.post("/mine", headers=cookie(Origin="http://meadow.example", **host))
    assert await refusal(plain) == (403, "foreign_origin")


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
    with caplog.at_level(logging.DEBUG):
        await client.get("/open?token=one-time-secret", headers=bearer())
        await client.get("/mine?token=one-time-secret", headers=cookie())
        await client.get("/mine?token=one-time-secret", headers=bearer("bad-secret"))
        await client.server.close()  # every line is written by then
    text = caplog.text
    assert "GET /open 200" in text
    for secret in ("one-time-secret", "bad-secret", TOKEN, SESSION):
        assert secret not in text
