"""The metrics of several processes behind one port: whichever of them is asked, it tells the sum of all.

Each process adds what it counted to one small SQLite file, every second and when it is asked. So a process that is replaced
leaves its counters behind, and a sum never falls; a gauge counts as long as its process says it anew. A process that is killed
outright takes at most its last second along.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import orjson

from meadow.core.errors import PartUnavailable
from meadow.core.meters import BY_NAME
from meadow.core.readings import Reading, merged

EVERY_S = 1.0
GONE_S = 5.0  # a gauge nobody said for so long was a process's that ended
BUSY_S = 1.0
FILE = "metrics.sqlite3"
log = logging.getLogger(__name__)
SCHEMA = """
CREATE TABLE IF NOT EXISTS totals (series BLOB PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gauges (process TEXT, series BLOB, value REAL NOT NULL, said_s REAL NOT NULL,
                                   PRIMARY KEY (process, series)) WITHOUT ROWID;
"""
ADD = "INSERT INTO totals VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET value = value + excluded.value"


class SharedReadings:
    """A Service of each process. `everything` is what `/metrics` shows.

    own     this process's readings (`Meters.read`).
    folder  shared by the processes of one port, and made anew for each start of all of them.
    now_s   monotonic, the same for every process of this machine.
    """

    name = "metrics"

    def __init__(
        self, own: Callable[[], Sequence[Reading]], folder: Path, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._own, self._folder, self._now_s = own, folder, now_s
        self._process = f"{os.getpid()}-{id(self)}"
        self._told: dict[bytes, float] = {}
        self._database: sqlite3.Connection | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Raises what SQLite does: a folder that cannot be written is a fault of the installation."""
        self._process = f"{os.getpid()}-{id(self)}"
        self._database = await asyncio.to_thread(_opened, self._folder / FILE)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self._told_own(self._tell)
            except sqlite3.Error as error:
                log.warning("the metrics cannot be shared, trying again: %s", error)

    async def stop(self) -> None:
        """Leaves its counters, and takes its gauges along."""
        if self._database is None:
            return
        try:
            await self._told_own(self._tell_the_last)
        except sqlite3.Error as error:
            log.warning("the last metrics were not shared: %s", error)
        database, self._database = self._database, None
        database.close()

    async def everything(self) -> Sequence[Reading]:
        """Of all processes, this one's as of now and the others' of the last second. Raises PartUnavailable."""
        try:
            return await self._told_own(self._tell_and_read)
        except sqlite3.Error as error:
            raise PartUnavailable("The metrics of Meadow's processes cannot be read.") from error

    async def _told_own(self, tell: Callable[[Sequence[Reading]], Sequence[Reading]]) -> Sequence[Reading]:
        """In a thread, because a disk is a disk. One at a time and to its end, also when cancelled: told in another order, a
        counter would seem to have begun anew."""
        async with self._turn:
            telling = asyncio.ensure_future(asyncio.to_thread(tell, self._own()))
            try:
                return await asyncio.shield(telling)
            finally:
                await asyncio.wait([telling])
                telling.exception()  # seen, also where the cancellation is what is raised

    def _tell_and_read(self, own: Sequence[Reading]) -> Sequence[Reading]:
        self._tell(own)
        return self._all()

    def _tell(self, own: Sequence[Reading]) -> Sequence[Reading]:
        """What was not taken is told with the next."""
        totals = {_key(one): one.value for one in own if one.metric.kind != "gauge"}
        gauges = [(self._process, _key(one), one.value, self._now_s()) for one in own if one.metric.kind == "gauge"]
        more = [(key, value - self._before(key, value)) for key, value in totals.items()]
        with self._open as database:
            database.execute("BEGIN IMMEDIATE")
            database.executemany(ADD, [(key, value) for key, value in more if value])
            database.execute("DELETE FROM gauges WHERE process = ?", [self._process])
            database.executemany("INSERT INTO gauges VALUES (?, ?, ?, ?)", gauges)
        self._told.update(totals)
        return own

    def _before(self, key: bytes, value: float) -> float:
        """What of it is there already; nothing when whoever counts it began anew."""
        told = self._told.get(key, 0.0)
        return told if told <= value else 0.0

    def _all(self) -> Sequence[Reading]:
        database = self._open
        totals = database.execute("SELECT series, value FROM totals").fetchall()
        since_s = self._now_s() - GONE_S
        gauges = database.execute("SELECT series, value FROM gauges WHERE said_s >= ?", [since_s]).fetchall()
        return merged(_readings([*totals, *gauges]))

    def _tell_the_last(self, own: Sequence[Reading]) -> Sequence[Reading]:
        self._tell(own)
        self._open.execute("DELETE FROM gauges WHERE process = ?", [self._process])
        return own

    @property
    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            raise sqlite3.ProgrammingError("not open")
        return self._database


def _opened(path: Path) -> sqlite3.Connection:
    """Nothing in it is worth a wait for the disk: it is made anew at every start.

    Without a write-ahead log: processes that begin one at the same moment find the file locked, whatever the time-out is
    (SQLite 3.40: 2 of 1 000), and a worker would end by that.
    """
    database = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA synchronous = OFF")
    database.executescript(SCHEMA)
    return database


def _key(reading: Reading) -> bytes:
    return orjson.dumps(reading.series)


def _readings(rows: Iterable[tuple[bytes, float]]) -> Iterable[Reading]:
    for key, value in rows:
        name, suffix, le, labels = orjson.loads(key)
        yield Reading(BY_NAME[name], value, tuple(labels), suffix, le)
