"""Links that sign a browser in once: what a freshly started Meadow prints, as Jupyter does."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from meadow.core.errors import OverBudget
from meadow.core.scope import Caller
from meadow.core.tokens import Credential

LINKS_MAX = 100


class OneTime:
    """Tokens of one use, known to this process alone and only by their hash.

    now_s   epoch seconds.
    Never   gives the same token twice, holds more than LINKS_MAX, or takes one after its end.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._waiting: dict[bytes, Credential] = {}
        self._ends_at: dict[bytes, float] = {}

    def issue(self, caller: Caller, *, link_s: float, session_s: float) -> str:
        """A token to be used within link_s, for a session of at most session_s. Raises OverBudget when too many wait."""
        self._forget()
        if len(self._waiting) >= LINKS_MAX:
            raise OverBudget(f"{LINKS_MAX} links wait to be opened.", retry_after_s=link_s)
        token = secrets.token_urlsafe(32)
        self._waiting[_hash(token)] = Credential(caller, self._now_s() + session_s)
        self._ends_at[_hash(token)] = self._now_s() + link_s
        return token

    def use(self, token: str) -> Credential | None:
        """Whom it signs in; None when it was never issued, is used up, or came too late. Looked up by hash, so the time
        this takes says nothing about a token."""
        self._forget()
        key = _hash(token)
        self._ends_at.pop(key, None)
        return self._waiting.pop(key, None)

    def _forget(self) -> None:
        for key in [key for key, end in self._ends_at.items() if end < self._now_s()]:
            del self._waiting[key], self._ends_at[key]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
