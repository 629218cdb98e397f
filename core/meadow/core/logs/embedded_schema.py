"""Opens the embedded log's one file for one process: the lock, the tables, and refusals that say what to do."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

from meadow.core import sqlite
from meadow.core.errors import BadSettings

FILE_NAME = "log.db"
LOCK_NAME = "log.lock"
APPLICATION_ID = 0x4D4C4F47  # "MLOG", in the file's header: a foreign database is not taken for a log
VERSION = 1
PAGE_BYTES = 32_768  # measured with blocks of 44 kB: half the CPU of 4 KiB pages, whose overflow chains are longer
WAL_PAGES = 512  # 16 MiB between checkpoints, which hold up appends while they copy
WAL_BYTES_KEPT = 64 * 1024 * 1024

TABLES = """
CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,  -- partition * 2^48 + offset: each partition is one range, in order, without another index
    bytes_before INTEGER NOT NULL,  -- bytes of rows ever appended to the partition before this block
    appended_at REAL NOT NULL,
    target TEXT NOT NULL,
    tenant_id INTEGER NOT NULL,
    cluster_id INTEGER NOT NULL,
    count INTEGER NOT NULL,
    rows BLOB NOT NULL
);
CREATE TABLE ends (partition INTEGER PRIMARY KEY, offset INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE positions (
    reader_group TEXT NOT NULL,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (reader_group, partition)
) WITHOUT ROWID;
"""


def lock_folder(folder: Path) -> int:
    """The descriptor of the held lock; it dies with the process. Raises BadSettings when another holds it.

    flock, not lockf: it belongs to the descriptor, so a second log of this process is refused as well.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BadSettings(f"The log's folder {folder} cannot be used: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(lock, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(lock)
        raise BadSettings(
            f"The log's folder {folder} is in use by process {holder}; stop it, or choose another folder."
        ) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def open_database(folder: Path, partitions: int) -> sqlite3.Connection:
    """A connection for the calling thread, the tables made when the file is new. Raises BadSettings, LogUnavailable."""
    path = folder / FILE_NAME
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # SQLite gives its other files this mode
    except OSError as error:
        raise BadSettings(f"The log's file {path} cannot be opened: {error.strerror}.") from error
    database = sqlite3.connect(path, isolation_level=None)
    try:
        with refusals(path):
            _configure(database)
            _make_tables(database, partitions)
            _check(database, path, partitions)
    except BaseException:
        database.close()
        raise
    return database


def _configure(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA locking_mode = EXCLUSIVE")  # before WAL: its index is then in memory, not in a third file
    database.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    database.execute("PRAGMA journal_mode = WAL")  # first reads the file, so a damaged or foreign one is found here
    database.execute("PRAGMA synchronous = FULL")  # in WAL mode anything less does not sync on commit
    database.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    database.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_KEPT}")
    database.execute("PRAGMA cache_size = -16384")
    database.execute("PRAGMA secure_delete = OFF")


def _make_tables(database: sqlite3.Connection, partitions: int) -> None:
    if _pragma(database, "application_id") or database.execute("SELECT 1 FROM sqlite_schema").fetchone():
        return
    database.executescript(f"BEGIN IMMEDIATE; {TABLES}")
    database.executemany("INSERT INTO ends VALUES (?, 0, 0)", [(partition,) for partition in range(partitions)])
    database.execute(f"PRAGMA user_version = {VERSION}")
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute("COMMIT")


def _check(database: sqlite3.Connection, path: Path, partitions: int) -> None:
    if _pragma(database, "application_id") != APPLICATION_ID:
        raise BadSettings(f"{path} is a database, but not a log of Meadow; choose another folder.")
    if (version := _pragma(database, "user_version")) != VERSION:
        raise BadSettings(f"{path} has version {version} of the log; this Meadow reads version {VERSION}.")
    (found,) = database.execute("SELECT count(*) FROM ends").fetchone()
    if found != partitions:
        raise BadSettings(
            f"{path} was made with {found} partitions, not {partitions}, and their number cannot change; "
            f"set it to {found}, or choose another folder."
        )


def _pragma(database: sqlite3.Connection, name: str) -> int:
    value: int = database.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def refusals(path: Path) -> AbstractContextManager[None]:
    """SQLite's errors as LogUnavailable, in words that say what to do."""
    return sqlite.refusals(
        path,
        f"Stop Meadow and move {path.name}* out of the folder: it starts with an empty log, and only what the store does not "
        f"have yet is lost. `sqlite3 {path.name} .recover` saves what can still be read.",
    )
