"""A stream in one small SQLite file, for a Meadow that needs no server; every promise of `stream.py` on one disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from meadow.core.errors import LogUnavailable
from meadow.core.stream import Entry, check_put
from meadow.core.streams.embedded_file import EntriesFile

LOOK_EVERY_S = 0.2  # for another process's changes; one PRAGMA, some microseconds
CLOSED = "The stream is closed."
T = TypeVar("T")
log = logging.getLogger(__name__)


class EmbeddedStream:
    """Made by `open`; `stop` closes it, started or not. Several processes may have the file open at once."""

    def __init__(self, path: Path, executor: ThreadPoolExecutor, file: EntriesFile) -> None:
        self.name = path.stem
        self._executor: ThreadPoolExecutor | None = executor
        self._file = file
        self._told = file.entries
        self._tells: list[Callable[[], None]] = []
        self._healthy = False
        self.failures = 0

    @classmethod
    async def open(cls, path: Path) -> EmbeddedStream:
        """Makes the file (0600) when there is none; its folder must be there.

        Raises BadSettings: no file of Meadow's, or of a newer one; LogUnavailable: damaged, disk full.
        """
        executor = ThreadPoolExecutor(1, thread_name_prefix="meadow-stream")
        try:
            return cls(path, executor, await asyncio.get_running_loop().run_in_executor(executor, EntriesFile, path))
        except BaseException:
            executor.shutdown(wait=False)
            raise

    @property
    def entries(self) -> Mapping[str, Entry]:
        return self._file.entries

    @property
    def healthy(self) -> bool:
        return self._healthy

    @property
    def skipped(self) -> Mapping[str, int]:
        """None: its table takes nothing else."""
        return {}

    def on_change(self, tell: Callable[[], None]) -> None:
        self._tells.append(tell)

    async def put(self, key: str, value: bytes | None, expected: int | None) -> int:
        """On disk when it returns. A put whose caller was cancelled is still finished."""
        check_put(key, value)
        try:
            return await self._call(partial(self._file.put, key, value, expected))
        finally:
            self._tell_if_changed()

    async def start(self) -> None:
        await self._call(self._file.refresh)
        self._healthy = True
        self._tell()

    async def run(self) -> None:
        """Looks for what other processes changed, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self._call(self._file.refresh)
            except LogUnavailable as error:
                if self._healthy:
                    log.warning("the stream %s cannot be read: %s", self.name, error)
                self._healthy = False
                self.failures += 1
            else:
                self._healthy = True
            self._tell_if_changed()

    async def stop(self) -> None:
        """Finishes the put under way. Again is harmless."""
        self._healthy = False
        executor, self._executor = self._executor, None
        if executor is not None:
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(executor, self._file.close))
            executor.shutdown()

    async def _call(self, call: Callable[[], T]) -> T:
        """In the one thread that touches the file, one call after the other."""
        if self._executor is None:
            raise LogUnavailable(CLOSED)
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)

    def _tell_if_changed(self) -> None:
        if self._file.entries is not self._told:
            self._tell()

    def _tell(self) -> None:
        self._told = self._file.entries
        for tell in self._tells:
            tell()
