"""gunicorn's own words go the way of all others of the process: one form, one place."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

GIVES_UP = "Can't connect to %s"  # gunicorn 27 `sock.create_sockets`, which then ends the process with 1
MEND = "Cannot listen on %s. Choose another with --port or --host."


class GunicornLog(Logger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn 27 `glogging.Logger` makes handlers of its own in `setup`; this one has none, and passes on to the root."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn at the start and at a reload."""
        self.error_log.propagate = True
        self.error_log.setLevel(cfg.loglevel.upper())

    def error(self, msg: str, *args: Any, **options: Any) -> None:
        """The last word about a port that cannot be had says what to do."""
        super().error(MEND if msg == GIVES_UP else msg, *args, **options)

    def reopen_files(self) -> None:
        """There are none."""

    def close_on_exec(self) -> None:
        """Nothing but standard error is open."""
