"""Keeps libraries' own logs readable: warnings only, each kind at most once a minute; an outage says 30 lines a second else."""

from __future__ import annotations

import logging
import time

EVERY_S = 60.0
KINDS_MAX = 500


class Sparse(logging.Filter):
    """Lets a message pass when its kind (its text before the arguments are put in) has not been said for EVERY_S.

    Below WARNING   never passes: at DEBUG aiokafka prints the records themselves.
    A traceback     of a connection that ended is the error's name: who connects says what it means. Others stay whole.
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
        _shorten(record)
        if held_back := self._held_back.pop(kind, 0):
            record.msg = f"{record.msg} ({held_back} more like it were not printed)"
        return True


def quieten(library: str) -> None:
    """Puts a filter on every logger of it that exists by now, which is when it was imported; again is harmless."""
    for name, logger in logging.root.manager.loggerDict.items():
        if name.partition(".")[0] != library or not isinstance(logger, logging.Logger):
            continue
        if not any(isinstance(one, Sparse) for one in logger.filters):
            logger.addFilter(Sparse())


def _shorten(record: logging.LogRecord) -> None:
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, OSError | EOFError):
        record.msg, record.args = f"{record.getMessage()}: {error!r}", ()
        record.exc_info = record.exc_text = None
