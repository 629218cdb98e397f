"""The processes of one part that stand behind this one: asked in turn, and whoever was away of late is asked last."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from meadow.core.errors import BadSettings

AWAY_S = 2.0


class Backends:
    """bases  `http://host:port` of each; one at least, several behind one name will do as well.
    now_s  seconds of a clock that never goes back.
    Raises BadSettings for what is no such address.
    """

    def __init__(self, part: str, bases: Sequence[str], now_s: Callable[[], float] = time.monotonic) -> None:
        if not bases:
            raise BadSettings(f"The web front needs the address of {part}, such as http://127.0.0.1:5563.")
        self.part = part
        self.bases = tuple(_base(part, base) for base in bases)
        self._now_s = now_s
        self._away_until_s: dict[str, float] = {}
        self._turn = 0

    def in_turn(self) -> list[str]:
        """Every base once, another one first each time."""
        self._turn = (self._turn + 1) % len(self.bases)
        turned = [*self.bases[self._turn :], *self.bases[: self._turn]]
        now_s = self._now_s()
        return sorted(turned, key=lambda base: self._away_until_s.get(base, now_s) > now_s)

    def away(self, base: str) -> None:
        """No connection could be made, or it is not ready."""
        self._away_until_s[base] = self._now_s() + AWAY_S

    def there(self, base: str) -> None:
        """It answered."""
        self._away_until_s.pop(base, None)


def _base(part: str, text: str) -> str:
    try:
        url = urlsplit(text)
        named = url.scheme in ("http", "https") and url.hostname and (url.port or True)
    except ValueError:
        named = False
    if not named or url.username is not None or url.path.strip("/") or url.query or url.fragment:
        raise BadSettings(f"The address of {part} looks like http://host:5563, without a path, a user or a query.")
    return text.rstrip("/")
