"""What the files of the embedded log and the embedded stream share: whole transactions, SQLite's errors in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from meadow.core.errors import LogUnavailable


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All of it, or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:  # a full disk has rolled back by itself
            database.execute("ROLLBACK")
        raise


@contextmanager
def refusals(path: Path, if_damaged: str) -> Iterator[None]:
    """SQLite's errors as LogUnavailable, in words that say what to do. if_damaged: what, and what it costs."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise LogUnavailable(_advice(path, error, if_damaged)) from error


def _advice(path: Path, error: sqlite3.DatabaseError, if_damaged: str) -> str:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the low byte of an extended code
    if code == sqlite3.SQLITE_FULL:
        return f"The disk that holds {path} is full. Free some space; what was acknowledged is safe."
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return f"The file {path} is damaged ({error}). {if_damaged}"
    return f"The file {path} cannot be used: {error}."
