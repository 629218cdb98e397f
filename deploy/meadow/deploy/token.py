"""`meadow token`: mints an API token offline, from the secret in the data folder."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from meadow.core.errors import BadSettings
from meadow.core.scope import Permission, Tenant
from meadow.core.slugs import stable_id
from meadow.core.tokens import Tokens, load_or_make_secret


def mint(
    data_dir: Path, tenant: str, subject: str, permissions: Sequence[str], clusters: Sequence[str], lifetime_s: float
) -> str:
    """A bearer token. No permission named means every one, no cluster named every one.

    Raises BadSettings when the folder is not there, so that a mistyped one is not filled with a new secret.
    """
    if not data_dir.is_dir():
        raise BadSettings(f"There is no folder {data_dir}. Give the --data-dir that `meadow all` runs with.")
    known = {tenant: Tenant(stable_id(tenant), tenant)}
    tokens = Tokens(load_or_make_secret(data_dir / "secret"), lambda: known, time.time)
    allowed = permissions or [str(permission) for permission in Permission]
    return tokens.mint(subject, tenant, allowed, lifetime_s=lifetime_s, clusters=clusters or None)
