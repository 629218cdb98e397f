"""Tokens: what is minted is read back, and nothing else is."""

from __future__ import annotations

import base64
import json
import stat
import threading
from pathlib import Path
from typing import Any

import jwt
import pytest

from meadow.core.errors import BadSettings, Unauthenticated
from meadow.core.scope import Permission, Tenant
from meadow.core.tokens import LEEWAY_S, Audience, Tokens, load_or_make_secret

SECRET = b"s" * 32
ACME = Tenant(1, "acme")


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(SECRET, lambda: {"acme": ACME}, clock)


def signed(
    clock: Clock, changes: dict[str, Any] | None = None, secret: bytes = SECRET, algorithm: str = "HS256"
) -> str:
    claims: dict[str, Any] = {
        "aud": "meadow-api",
        "sub": "ann",
        "tenant": "acme",
        "iat": clock.now,
        "exp": clock.now + 60,
        "permissions": ["tasks:read"],
    } | (changes or {})
    return jwt.encode({name: value for name, value in claims.items() if value is not ...}, secret, algorithm)


def test_what_is_minted_is_read_back(tokens: Tokens, clock: Clock) -> None:
    token = tokens.mint("ann", "acme", ["tasks:read", Permission.AUDIT_READ], lifetime_s=60, clusters=["eu"])
    credential = tokens.read(token, Audience.API)
    assert credential.caller.subject == "ann"
    assert credential.caller.tenant == ACME
    assert credential.caller.permissions == {Permission.TASKS_READ, Permission.AUDIT_READ}
    assert credential.caller.clusters == frozenset({"eu"})
    assert credential.expires_at == clock.now + 60


def test_without_clusters_it_reaches_all_and_with_none_listed_no_one(tokens: Tokens) -> None:
    assert tokens.read(tokens.mint("a", "acme", [], lifetime_s=9), Audience.API).caller.clusters is None
    limited = tokens.mint("a", "acme", [], lifetime_s=9, clusters=[])
    assert tokens.read(limited, Audience.API).caller.clusters == frozenset()


def test_a_session_is_no_api_token_nor_the_reverse(tokens: Tokens) -> None:
    api = tokens.mint("ann", "acme", ["tasks:read"], lifetime_s=60, clusters=["eu"])
    session = tokens.session(tokens.read(api, Audience.API), 3600)
    with pytest.raises(Unauthenticated):
        tokens.read(session, Audience.API)
    with pytest.raises(Unauthenticated):
        tokens.read(api, Audience.SESSION)
    assert tokens.read(session, Audience.SESSION).caller == tokens.read(api, Audience.API).caller


def test_a_session_ends_with_the_token_it_was_given_for(tokens: Tokens, clock: Clock) -> None:
    credential = tokens.read(tokens.mint("ann", "acme", [], lifetime_s=60), Audience.API)
    session = tokens.read(tokens.session(credential, 3600), Audience.SESSION)
    assert session.expires_at == clock.now + 60


def test_it_expires_after_a_small_leeway(tokens: Tokens, clock: Clock) -> None:
    token = tokens.mint("ann", "acme", [], lifetime_s=60)
    clock.now += 60 + LEEWAY_S
    tokens.read(token, Audience.API)
    clock.now += 1
    with pytest.raises(Unauthenticated, match="expired"):
        tokens.read(token, Audience.API)


@pytest.mark.parametrize("claim", ["aud", "sub", "tenant", "iat", "exp", "permissions"])
def test_every_claim_is_required(tokens: Tokens, clock: Clock, claim: str) -> None:
    tokens.read(signed(clock), Audience.API)
    with pytest.raises(Unauthenticated):
        tokens.read(signed(clock, {claim: ...}), Audience.API)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["meadow-api", "meadow-session"]},
        {"sub": 7},
        {"tenant": "other"},
        {"tenant": ["acme"]},
        {"exp": True},
        {"exp": "soon"},
        {"exp": float("inf")},
        {"iat": 1_900_000_000},
        {"permissions": "tasks:read"},
        {"permissions": [1]},
        {"clusters": "eu"},
        {"clusters": None},
        {"clusters": [["eu"]]},
    ],
)
def test_claims_of_another_shape_are_refused(tokens: Tokens, clock: Clock, changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(signed(clock, changes), Audience.API)


def test_an_unknown_permission_is_ignored_when_read(tokens: Tokens, clock: Clock) -> None:
    token = signed(clock, {"permissions": ["tasks:read", "moon:walk"]})
    assert tokens.read(token, Audience.API).caller.permissions == {Permission.TASKS_READ}


def test_only_one_algorithm_and_only_our_secret(tokens: Tokens, clock: Clock) -> None:
    for other in (signed(clock, None, b"t" * 64), signed(clock, None, SECRET * 2, "HS512"), unsigned(signed(clock))):
        with pytest.raises(Unauthenticated):
            tokens.read(other, Audience.API)


@pytest.mark.parametrize("junk", ["", "a.b.c", "x" * 9000, "é.é.é", "....", "\ud800"])
def test_junk_is_refused_in_the_same_words(tokens: Tokens, junk: str) -> None:
    with pytest.raises(Unauthenticated, match="does not hold"):
        tokens.read(junk, Audience.API)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ann", "acme", ["task:read"]), "did you mean tasks:read"),
        (("ann", "acme", ["zzz"]), "audit:read"),
        (("ann", "none", []), "No tenant"),
        (("", "acme", []), "subject"),
        (("a\nb", "acme", []), "subject"),
    ],
)
def test_what_would_not_be_read_back_is_not_minted(tokens: Tokens, arguments: Any, words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        tokens.mint(*arguments, lifetime_s=60)
    with pytest.raises(BadSettings, match="lives between"):
        tokens.mint("ann", "acme", [], lifetime_s=0)


def test_a_short_secret_is_refused_and_none_is_shown() -> None:
    with pytest.raises(BadSettings):
        Tokens(b"s" * 31, dict, Clock())
    assert "ssss" not in repr(Tokens(SECRET, dict, Clock()))


def test_the_file_is_made_once_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(load_or_make_secret(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_an_open_or_short_file_or_no_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    load_or_make_secret(path)
    path.chmod(0o644)
    with pytest.raises(BadSettings, match="chmod 600"):
        load_or_make_secret(path)
    short = tmp_path / "short"
    short.touch(0o600)
    with pytest.raises(BadSettings, match="0 bytes"):
        load_or_make_secret(short)
    with pytest.raises(BadSettings, match="cannot be kept"):
        load_or_make_secret(tmp_path / "none" / "secret")


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."
