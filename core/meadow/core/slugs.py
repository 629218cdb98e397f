"""Names of tenants and clusters, and the ids that stand for them in every row."""

from __future__ import annotations

import hashlib
import re

from meadow.core.errors import BadSettings

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
ACCEPTS = "a-z, 0-9 and -, at most 63, beginning with a letter or digit"


def is_slug(text: object) -> bool:
    """Whether it is a text that may be a name."""
    return isinstance(text, str) and SLUG.fullmatch(text) is not None


def checked_slug(text: str) -> str:
    """The text, or BadSettings saying what a name may be."""
    if not is_slug(text):
        raise BadSettings(f"{text!r} is no name: use {ACCEPTS}.")
    return text


def stable_id(slug: str) -> int:
    """1 to 2^32-1, the same for a slug on every machine and for ever, so that a name that comes back finds its history."""
    digest = hashlib.blake2b(slug.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") or 1
