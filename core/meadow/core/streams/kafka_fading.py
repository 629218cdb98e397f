"""Forgets entries that have been known for long enough, so that a stream of passing things does not fill the memory."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from meadow.core.stream import Entry

CLOCKS_APART_S = 300.0  # of this machine and of those that wrote; more breaks TLS and tokens first


class Fading:
    """keep_s  how long each is kept after it was read, by this machine's clock: no other clock makes it shorter.
    now_s   monotonic.
    """

    def __init__(self, keep_s: float, now_s: Callable[[], float] = time.monotonic) -> None:
        self._keep_s, self._now_s = keep_s, now_s
        self._known: deque[tuple[float, Entry]] = deque()

    def read(self, entry: Entry) -> None:
        """From now on it is known."""
        self._known.append((self._now_s(), entry))

    def too_old(self, written_s: float) -> bool:
        """Whether it need not be known at all. written_s: epoch seconds."""
        return written_s < time.time() - self._keep_s - CLOCKS_APART_S

    def due(self) -> bool:
        """Whether there is one to forget."""
        return bool(self._known) and self._known[0][0] + self._keep_s <= self._now_s()

    def forget(self, entries: dict[str, Entry]) -> None:
        """Takes out those that are due, unless something newer is known of their key."""
        while self.due():
            _, entry = self._known.popleft()
            if entries.get(entry.key) == entry:
                del entries[entry.key]
