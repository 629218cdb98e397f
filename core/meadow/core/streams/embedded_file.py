"""The embedded stream's one SQLite file: the newest value of every key, compared and set in one transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType

from meadow.core.errors import BadSettings
from meadow.core.sqlite import refusals, transaction
from meadow.core.stream import Entry, Stale

APPLICATION_ID = 0x4D535452  # "MSTR", in the file's header: a foreign database is not taken for a stream
VERSION = 1
BUSY_WITHIN_S = 5.0  # another process writes meanwhile

# AUTOINCREMENT: the version of an entry that was deleted is never given to another.
TABLE = """
CREATE TABLE entries (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    value BLOB NOT NULL
)
"""


class EntriesFile:
    """One connection, for one thread at a time. Any number of processes may have the file open.

    entries  as of the last `refresh` or `put`; replaced as a whole, so that any thread may look.
    All methods raise LogUnavailable when the disk or the file will not do; then nothing has changed.
    """

    entries: Mapping[str, Entry] = MappingProxyType({})

    def __init__(self, path: Path) -> None:
        """Makes the file (0600) when there is none. Raises BadSettings for what is no stream of Meadow."""
        self._path = path
        self._seen: int | None = None  # SQLite's counter of other connections' changes, when `entries` were read
        self._database = _opened(path)

    def close(self) -> None:
        """Gives the file free."""
        self._database.close()

    def refresh(self) -> None:
        """Reads everything again if another connection has changed it."""
        with _refusals(self._path):
            (now,) = self._database.execute("PRAGMA data_version").fetchone()
            if now != self._seen:
                self._load()
                self._seen = now

    def put(self, key: str, value: bytes | None, expected: int | None) -> int:
        """See Stream; synced to disk when it returns. After Stale, too, `entries` are as of now."""
        try:
            with self._transaction():
                self._compare(key, expected)
                return self._write(key, value)
        finally:
            self._load()

    def _compare(self, key: str, expected: int | None) -> None:
        found = self._database.execute("SELECT version FROM entries WHERE key = ?", (key,)).fetchone()
        now = found[0] if found else 0
        if expected is not None and expected != now:
            raise Stale(now)

    def _write(self, key: str, value: bytes | None) -> int:
        self._database.execute("DELETE FROM entries WHERE key = ?", (key,))
        if value is None:
            return 0
        return self._database.execute("INSERT INTO entries (key, value) VALUES (?, ?)", (key, value)).lastrowid or 0

    def _load(self) -> None:
        with _refusals(self._path):
            rows = self._database.execute("SELECT key, value, version FROM entries").fetchall()
        self.entries = MappingProxyType({key: Entry(key, value, version) for key, value, version in rows})

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _refusals(self._path), transaction(self._database):
            yield


def _opened(path: Path) -> sqlite3.Connection:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # SQLite gives its journal this mode
    except OSError as error:
        raise BadSettings(f"The file {path} cannot be opened: {error.strerror}.") from error
    database = sqlite3.connect(path, BUSY_WITHIN_S, isolation_level=None, check_same_thread=False)
    try:
        with _refusals(path):
            database.execute("PRAGMA synchronous = EXTRA")  # syncs the folder too: only then is a commit durable
            _make(database)
            _check(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _make(database: sqlite3.Connection) -> None:
    """Two processes that start at once make it once."""
    with transaction(database):
        if not database.execute("SELECT 1 FROM sqlite_schema").fetchone():
            database.execute(TABLE)
            database.execute(f"PRAGMA user_version = {VERSION}")
            database.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _check(database: sqlite3.Connection, path: Path) -> None:
    if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise BadSettings(f"{path} is a database, but not of Meadow's registry; choose another folder.")
    if (found := database.execute("PRAGMA user_version").fetchone()[0]) != VERSION:
        raise BadSettings(f"{path} has version {found} of its form; this Meadow reads version {VERSION}.")


def _refusals(path: Path) -> AbstractContextManager[None]:
    return refusals(
        path,
        "Stop Meadow and move it away: tenants and clusters of the settings come back by themselves, others must be added"
        " again.",
    )
