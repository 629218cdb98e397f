"""Seals secrets before they are stored where others can read: Fernet by cryptography, several keys at once for rotation."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from meadow.core.errors import BadSettings, Sealed

KEY_CHARS_MIN = 32
KEYS_MAX = 10


class Seal:
    """The first key seals, every key opens. To rotate: put a new key first, seal everything again, drop the old one.

    keys    1 to 10 texts of at least 32 characters, made at random: `openssl rand -base64 32`, `Fernet.generate_key()`. A text
            is stretched, not hardened: a password a person thought of is too weak. White space around it does not count.
    Raises  BadSettings, without the key in its words.
    """

    __slots__ = ("_all", "_first")

    def __init__(self, keys: Sequence[str]) -> None:
        texts = [key.strip() for key in keys]
        if not 1 <= len(texts) <= KEYS_MAX:
            raise BadSettings(f"{len(texts)} registry keys were given; 1 to {KEYS_MAX} are accepted.")
        if any(len(text) < KEY_CHARS_MIN for text in texts):
            raise BadSettings(
                f"A registry key has at least {KEY_CHARS_MIN} characters; make one with: openssl rand -base64 32"
            )
        fernets = [_fernet(text) for text in texts]
        self._first, self._all = fernets[0], MultiFernet(fernets)

    @classmethod
    def from_text(cls, text: str) -> Seal:
        """Keys apart by commas, as an environment variable holds them."""
        return cls([key for key in text.split(",") if key.strip()])

    def seal(self, secret: str, about: str) -> str:
        """ASCII. about: whose secret it is; it opens for no other, so that nobody can move it."""
        return self._first.encrypt(orjson.dumps({"about": about, "secret": secret})).decode()

    def open(self, sealed: str, about: str) -> str:
        """Raises Sealed: by another key, damaged, or about something else."""
        try:
            found = orjson.loads(self._all.decrypt(sealed.encode()))
            if found["about"] != about:
                raise Sealed(f"The secret of {about} is another's; give it anew.")
            return str(found["secret"])
        except (InvalidToken, ValueError, TypeError, KeyError) as error:
            raise Sealed(f"No key of this process opens the secret of {about}.") from error

    def by_first(self, sealed: str) -> bool:
        """Whether the key that seals now has sealed it; if not, it is to be sealed again before that key is dropped."""
        try:
            self._first.decrypt(sealed.encode())
        except (InvalidToken, ValueError):
            return False
        return True


def _fernet(text: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"meadow registry").derive(text.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
