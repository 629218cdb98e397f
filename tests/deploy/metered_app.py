"""What gunicorn's workers serve in a test: requests that are counted, and /metrics, shared by a folder."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from meadow.core.guard import Guard
from meadow.core.http import json_response, open_to_all
from meadow.deploy.metering import Metering
from tests.web.front import SETTINGS, TOKENS


class Here:
    """Says which process answers."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/here", self.get)]

    @open_to_all
    async def get(self, request: web.Request) -> web.Response:
        return json_response({"pid": os.getpid()})


async def app() -> web.AppRunner:
    """Called in every worker."""
    metering = Metering(Path(os.environ["METERED_FOLDER"]), operator="acme")
    made = Guard(TOKENS, SETTINGS).app([metering.part, Here()], around=[metering.requests.count])

    async def running(_: web.Application) -> AsyncIterator[None]:
        (service,) = metering.services
        await service.start()
        task = asyncio.create_task(service.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await service.stop()

    made.cleanup_ctx.append(running)
    return web.AppRunner(made, access_log=None)
