"""Who a token speaks for: JWTs signed with this Meadow's own secret, minted and read, and the file that keeps the secret."""

from __future__ import annotations

import math
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any

import jwt

from meadow.core.errors import BadSettings, Unauthenticated
from meadow.core.scope import Caller, Permission, Tenant

ALGORITHM = "HS256"
SECRET_BYTES_MIN = 32
TOKEN_CHARS_MAX = 8192
SUBJECT_CHARS_MAX = 255
LIFETIME_S_MAX = 366 * 86_400
LEEWAY_S = 5  # what the clocks of two machines may differ
REQUIRED = ["exp", "aud", "iat", "sub", "tenant", "permissions"]
REFUSED = "The credential does not hold; sign in again or ask for a new token."


class Audience(StrEnum):
    """What a token is for; one for the other is refused, so a cookie that leaks is no API token."""

    API = "meadow-api"
    SESSION = "meadow-session"


@dataclass(frozen=True, slots=True)
class Credential:
    """A token that holds. expires_at: epoch seconds."""

    caller: Caller
    expires_at: float


class Tokens:
    """Mints and reads HS256 JWTs.

    secret   at least 32 bytes, shared by every process of one Meadow; never in a repr, a log or an answer.
    tenants  the tenants of now, by slug: a token of a tenant that is gone holds no longer.
    now_s    epoch seconds.
    Raises   BadSettings for a short secret.
    """

    def __init__(self, secret: bytes, tenants: Callable[[], Mapping[str, Tenant]], now_s: Callable[[], float]) -> None:
        if len(secret) < SECRET_BYTES_MIN:
            raise BadSettings(f"The secret has {len(secret)} bytes; at least {SECRET_BYTES_MIN} are needed.")
        self._secret = secret
        self._tenants = tenants
        self._now_s = now_s

    def mint(
        self,
        subject: str,
        tenant: str,
        permissions: Iterable[str],
        *,
        lifetime_s: float,
        clusters: Iterable[str] | None = None,
        audience: Audience = Audience.API,
    ) -> str:
        """A token of `tenant` (its slug), valid at once. clusters: slugs it is limited to, or None for all.

        lifetime_s: 1 to 366 days. Raises BadSettings for what would not be read back as it was meant.
        """
        if not 1 <= lifetime_s <= LIFETIME_S_MAX:
            raise BadSettings(f"A token lives between 1 and {LIFETIME_S_MAX} seconds.")
        if not 1 <= len(subject) <= SUBJECT_CHARS_MAX or not subject.isprintable():
            raise BadSettings(f"A subject has 1 to {SUBJECT_CHARS_MAX} printable characters.")
        if tenant not in self._tenants():
            raise BadSettings("No tenant of that name.")
        now = self._now_s()
        claims: dict[str, Any] = {"aud": str(audience), "sub": subject, "tenant": tenant, "iat": now}
        claims |= {"exp": now + lifetime_s, "permissions": sorted(_known(name) for name in permissions)}
        if clusters is not None:
            claims["clusters"] = sorted(clusters)
        return jwt.encode(claims, self._secret, ALGORITHM)

    def session(self, credential: Credential, lifetime_s: float) -> str:
        """A cookie's token with the same rights, which never outlives the credential it was given for."""
        caller, left_s = credential.caller, credential.expires_at - self._now_s()
        return self.mint(
            caller.subject,
            caller.tenant.slug,
            caller.permissions,
            lifetime_s=max(1.0, min(lifetime_s, left_s)),
            clusters=caller.clusters,
            audience=Audience.SESSION,
        )

    def read(self, token: str, audience: Audience) -> Credential:
        """Raises Unauthenticated, in words that do not say what was wrong with the token."""
        claims = self._claims(token, audience)
        expires_at = _moment(claims["exp"])
        if expires_at + LEEWAY_S < self._now_s():
            raise Unauthenticated("The credential has expired; sign in again or ask for a new token.")
        if _moment(claims["iat"]) - LEEWAY_S > self._now_s():
            raise Unauthenticated(REFUSED)
        return Credential(self._caller(claims), expires_at)

    def _claims(self, token: str, audience: Audience) -> dict[str, Any]:
        if len(token) > TOKEN_CHARS_MAX:
            raise Unauthenticated(REFUSED)
        try:  # times are checked against now_s above
            return jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=str(audience),
                options={"require": REQUIRED, "verify_exp": False, "verify_iat": False, "strict_aud": True},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise Unauthenticated(REFUSED) from error

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        names = _texts(claims["permissions"])
        # A permission this version does not know is one it cannot grant.
        known = frozenset(Permission(name) for name in names if name in frozenset(Permission))
        clusters = _texts(claims["clusters"]) if "clusters" in claims else None
        slug = claims["tenant"]
        tenant = self._tenants().get(slug) if isinstance(slug, str) else None
        if tenant is None:
            raise Unauthenticated(REFUSED)
        return Caller(claims["sub"], tenant, known, clusters)


def load_or_make_secret(path: Path) -> bytes:
    """The secret kept in a file, made at random (mode 0600) when there is none. Two processes that start at once agree.

    Raises BadSettings for a file others may read, a short secret, or a folder that cannot be written.
    """
    try:
        if not path.exists():
            _make_secret(path)
        mode = path.stat().st_mode
        secret = path.read_bytes().strip()
    except OSError as error:
        raise BadSettings(f"The secret {path} cannot be kept there: {error.strerror}.") from error
    if stat.S_IMODE(mode) & 0o027:
        raise BadSettings(f"The secret {path} is open to others; run: chmod 600 {path}")
    if len(secret) < SECRET_BYTES_MIN:
        raise BadSettings(f"The secret {path} has {len(secret)} bytes; at least {SECRET_BYTES_MIN} are needed.")
    return secret


def _make_secret(path: Path) -> None:
    """Linked into place whole: a reader sees no half-written secret, and the first of two writers wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(32).encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def _known(name: str) -> str:
    if name in frozenset(Permission):
        return str(name)
    near = get_close_matches(name, list(Permission), 1)
    hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(Permission)}."
    raise BadSettings(f"No permission is called {name!r}{hint}")


def _moment(claim: Any) -> float:
    if isinstance(claim, bool) or not isinstance(claim, int | float) or not math.isfinite(claim):
        raise Unauthenticated(REFUSED)
    return float(claim)


def _texts(claim: Any) -> frozenset[str]:
    if not isinstance(claim, list) or not all(isinstance(item, str) for item in claim):
        raise Unauthenticated(REFUSED)
    return frozenset(claim)
