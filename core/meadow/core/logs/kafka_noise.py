"""Keeps aiokafka's own log readable: warnings only, each kind at most once a minute; an outage says 30 lines a second else."""

from __future__ import annotations

import logging
import time

EVERY_S = 60.0
KINDS_MAX = 500
LIBRARY = "aiokafka"


class Sparse(logging.Filter):
    """Lets a message pass when its kind (its text before the arguments are put in) has not been said for EVERY_S.

    What is below WARNING never passes: at DEBUG aiokafka prints the records themselves.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said_s: dict[str, float] = {}
        self._held_back: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is said; it tells then how many like it were not."""
        kind = str(record.msg)
        now_s = time.monotonic()
        if record.levelno < logging.WARNING:
            return False
        if now_s - self._said_s.get(kind, -EVERY_S) < EVERY_S:
            self._held_back[kind] = self._held_back.get(kind, 0) + 1
            return False
        if len(self._said_s) >= KINDS_MAX:
            self._said_s.clear()
            self._held_back.clear()
        self._said_s[kind] = now_s
        if held_back := self._held_back.pop(kind, 0):
            record.msg = f"{kind} ({held_back} more like it were not printed)"
        return True


def quieten() -> None:
    """Puts a filter on every logger of aiokafka that exists by now; again is harmless."""
    for name, logger in logging.root.manager.loggerDict.items():
        if name.partition(".")[0] != LIBRARY or not isinstance(logger, logging.Logger):
            continue
        if not any(isinstance(one, Sparse) for one in logger.filters):
            logger.addFilter(Sparse())
