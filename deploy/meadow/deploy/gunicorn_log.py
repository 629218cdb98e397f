"""gunicorn's own words go the way of all others of the process: one form, one place."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger


class GunicornLog(Logger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn 27 `glogging.Logger` makes handlers of its own in `setup`; this one has none, and passes on to the root."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn at the start and at a reload."""
        self.error_log.propagate = True
        self.error_log.setLevel(cfg.loglevel.upper())

    def reopen_files(self) -> None:
        """There are none."""

    def close_on_exec(self) -> None:
        """Nothing but standard error is open."""
