"""Whether this process is alive, and whether what it leans on is ready, each named."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from meadow.core.errors import MeadowError
from meadow.core.http import json_response, open_to_all

Check = Callable[[], Awaitable[str]]
CHECK_WITHIN_S = 3.0
KEPT_S = 1.0
log = logging.getLogger(__name__)


class Ready:
    """GET /healthz, GET /readyz: open to all, so that a load balancer may ask.

    checks   by the name a person would look for. Each answers a detail ("" will do), or raises when it is not ready: a
             MeadowError's words are shown, of anything else only that it failed.
    Never    asks the checks more than once a KEPT_S, however many ask; never waits longer than CHECK_WITHIN_S.
    """

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._asking = asyncio.Lock()
        self._answer: list[dict[str, Any]] = []
        self._asked_at_s = float("-inf")

    @open_to_all
    async def healthz(self, request: web.Request) -> web.Response:
        """The process answers; nothing else is said."""
        return json_response({"status": "ok"})

    @open_to_all
    async def readyz(self, request: web.Request) -> web.Response:
        """200 when every dependency is ready, else 503."""
        async with self._asking:
            if time.monotonic() - self._asked_at_s > KEPT_S:
                self._answer = list(await asyncio.gather(*(_asked(*check) for check in self._checks.items())))
                self._asked_at_s = time.monotonic()
        ready = all(one["ok"] for one in self._answer)
        return json_response({"ready": ready, "dependencies": self._answer}, status=200 if ready else 503)


async def _asked(name: str, check: Check) -> dict[str, Any]:
    try:
        async with asyncio.timeout(CHECK_WITHIN_S):
            return {"name": name, "ok": True, "detail": await check()}
    except MeadowError as error:
        return {"name": name, "ok": False, "detail": str(error)}
    except TimeoutError:
        return {"name": name, "ok": False, "detail": f"No answer within {CHECK_WITHIN_S:.0f} s."}
    except Exception:  # one fault must not hide what the others say
        log.exception("the check of %s failed", name)
        return {"name": name, "ok": False, "detail": "The check failed; the log says why."}
