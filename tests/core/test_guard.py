"""The guard: every refusal, on a real server."""

from __future__ import annotations

import pytest

from meadow.core.guard import COOKIE, GuardSettings
from tests.core.guarded import SESSION, TOKEN, Client, Connect, bearer, cookie, own, refusal


async def test_a_bearer_or_a_cookie_opens_and_nothing_else(client: Client) -> None:
    response = await client.get("/mine")
    assert await refusal(response) == (401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"
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
