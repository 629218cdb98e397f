"""`meadow token`: mints an API token offline, from the secret of the services or of a data folder."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from meadow.core.errors import BadSettings
from meadow.core.scope import Permission, Tenant
from meadow.core.slugs import checked_slug, is_slug, stable_id
from meadow.core.tokens import Tokens, load_or_make_secret


class Vouched(Mapping[str, Tenant]):
    """Every tenant whose name can be one: for who only knows that the signature of a token is good. Whoever has the registry
    looks there."""

    def __getitem__(self, slug: str) -> Tenant:
        if not is_slug(slug):
            raise KeyError(slug)
        return Tenant(stable_id(slug), slug)

    def __iter__(self) -> Iterator[str]:
        raise TypeError("there is no list of every name")

    def __len__(self) -> int:
        raise TypeError("there is no list of every name")


def mint(
    secret: bytes, tenant: str, subject: str, permissions: Sequence[str], clusters: Sequence[str], lifetime_s: float
) -> str:
    """A bearer token. No permission named means every one, no cluster named every one. Raises BadSettings."""
    for name in (tenant, *clusters):
        checked_slug(name)
    tokens = Tokens(secret, Vouched, time.time)
    allowed = permissions or [str(permission) for permission in Permission]
    return tokens.mint(subject, tenant, allowed, lifetime_s=lifetime_s, clusters=clusters or None)


def kept_secret(data_dir: Path) -> bytes:
    """Raises BadSettings when the folder is not there, so that a mistyped one is not filled with a new secret."""
    if not data_dir.is_dir():
        raise BadSettings(f"There is no folder {data_dir}. Give the --data-dir that `meadow all` runs with.")
    return load_or_make_secret(data_dir / "secret")
