"""The one HTTP listener of this process: every service's routes behind the guard, on the first free port."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Callable, Sequence

from aiohttp import web

from meadow.core.errors import BadSettings

log = logging.getLogger(__name__)
PORTS_TRIED = 20


class HttpService:
    """start binds; run waits; stop closes listeners at once and gives open requests a moment.

    on_ready is called once with `http://host:port` when requests are answered.
    """

    name = "http"

    def __init__(self, app: web.Application, host: str, port: int, ports_tried: int = PORTS_TRIED) -> None:
        """ports_tried: this port, and how many after it until one is free."""
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.5, access_log=None)
        self._host, self._port, self._ports_tried = host, port, ports_tried
        self.on_ready: Callable[[str], None] = lambda url: None

    async def start(self) -> None:
        """Raises BadSettings when no port can be had."""
        await self._runner.setup()
        port = await self._bind(range(self._port, min(self._port + self._ports_tried, 65536)))
        shown = f"[{self._host}]" if ":" in self._host else self._host
        self.on_ready(f"http://{shown}:{port}")

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """Open streams are ended."""
        await self._runner.cleanup()

    async def _bind(self, ports: Sequence[int]) -> int:
        for port in ports:
            try:
                await web.TCPSite(self._runner, self._host, port).start()
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise BadSettings(
                        f"Cannot listen on {self._host}:{port}: {error.strerror}. Choose another --host."
                    ) from error
            else:
                return port
        taken = f"Ports {ports[0]} to {ports[-1]}" if len(ports) > 1 else f"Port {ports[0]}"
        raise BadSettings(f"{taken} of {self._host} cannot be had: in use. Choose another with --port.")
