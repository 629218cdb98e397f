"""The embedded engine and its connections, called from threads: one owner a folder, one connection a thread."""

from __future__ import annotations

import fcntl
import os
import queue
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import clickhouse_connect
from chdb.state import connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.query import QueryResult

from meadow.core.errors import BadSettings, StoreUnavailable
from meadow.core.store import Answer, Form
from meadow.core.stores.chdb_config import DATABASE, ChdbSettings, write_config
from meadow.core.stores.failures import failure
from meadow.core.stores.questions import Question, identifier

T = TypeVar("T")

_UNREADABLE = re.compile(r"[?&%+]")  # chDB 4.4 takes options behind the path, and drops those it cannot read in silence


class Engine:
    """chDB 4.4 allows one path a process, one process a path, and hangs in a forked child: such a child is refused.

    folder/lock    held for as long as the engine is open; names its owner.
    folder/data    the engine's own.
    folder/tmp     what a question spills to the disk; emptied at the start, readable by its owner only.
    """

    def __init__(self, folder: Path, settings: ChdbSettings) -> None:
        """Opens everything. Raises BadSettings naming the folder when another process, or another store of this one, has it."""
        self._pid = os.getpid()
        folder = folder.resolve()
        if odd := _UNREADABLE.search(str(folder)):
            raise BadSettings(f"The embedded engine cannot open {folder}: its name has a {odd[0]}.")
        self._closers: list[Callable[[], None]] = []
        self._idle: queue.SimpleQueue[Client | None] = queue.SimpleQueue()  # None: to be opened when it is needed
        try:
            self._own(folder)
            self._open(folder, settings)
        except BaseException:
            self.close()
            raise

    def _own(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / "lock").open("a+")
        self._closers.append(lock.close)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            owner = lock.read(20).strip() or "unknown"
            raise BadSettings(
                f"The store in {folder} belongs to process {owner}; ask that Meadow through its API."
            ) from None
        lock.truncate(0)
        lock.write(str(self._pid))
        lock.flush()

    def _open(self, folder: Path, settings: ChdbSettings) -> None:
        shutil.rmtree(folder / "tmp", ignore_errors=True)
        for name in ("data", "tmp"):
            (folder / name).mkdir(exist_ok=True, mode=0o700)
        self._data = str(folder / "data")
        self._address = f"{self._data}?config-file={write_config(folder, settings)}"
        self._writer = self._connection(folder)
        if self._writer.query("SELECT getSetting('implicit_select')", "TSV").bytes().strip() != b"false":
            raise BadSettings(f"The embedded engine does not read its configuration in {folder}.")
        self._writer.query(f"CREATE DATABASE IF NOT EXISTS {DATABASE} ENGINE = Atomic", "Null")
        self._commander, self._killer = self._connection(folder), self._connection(folder)
        for connection in (self._writer, self._commander):
            connection.query(f"USE {DATABASE}", "Null")
        for _ in range(settings.readers):
            self._idle.put(self._reader())

    def _connection(self, folder: Path) -> Any:
        try:
            connection = connect(self._address)
        except RuntimeError as error:
            if "already initialized with path" in str(error):
                raise BadSettings(
                    f"The store in {folder} cannot be opened: this process has another one open, and the engine allows one."
                ) from error
            raise BadSettings(f"The store in {folder} cannot be opened: {str(error)[:300]}") from error
        self._closers.append(connection.close)
        return connection

    def _reader(self) -> Client:
        client = clickhouse_connect.get_client(
            interface="chdb",
            path=self._data,
            database=DATABASE,
            settings={"readonly": 2},  # may set its own limits, may write nothing
            tz_mode="aware",
        )
        self._closers.append(client.close)
        return client

    def ask(self, question: Question) -> Answer:
        """Rows of a question. Raises what `failure` says."""
        return self._read(
            lambda client: _rows_of(client.query(question.sql, dict(question.parameters), query_tz="UTC"))
        )

    def ask_bytes(self, question: Question, form: str) -> bytes:
        """A question's answer in one of the engine's formats."""
        sql, parameters = question.sql, dict(question.parameters)
        return bytes(self._read(lambda client: client.raw_query(sql, parameters=parameters, fmt=form)))

    def _read(self, asked: Callable[[Client], T]) -> T:
        """chDB 4.4: what a statement had written when it failed or was killed is put before the answer to the next one on
        its connection, whose answer may be another tenant's. So a connection is used again only after a success."""
        client, kept = self._idle.get(), None
        try:
            client = client or self._reader()
            answer = asked(client)
            kept = client
        except ClickHouseError as error:
            raise failure(error, "ask") from error
        else:
            return answer
        finally:
            if kept is None and client is not None:
                self._closers.remove(client.close)
                client.close()
            self._idle.put(kept)

    def insert(self, table: str, rows: bytes, columns: Sequence[str], form: Form) -> None:
        """All rows, written through to the disk, or StoreRefused, StoreUnavailable and mostly none of them.

        chDB 4.4: `send_insert` says nothing when the rows cannot be stored, as on a full disk. It must not be used.
        """
        named = f" ({', '.join(map(identifier, columns))})" if columns else ""
        with _readable(rows) as path:
            try:
                self._writer.query(f"INSERT INTO {identifier(table)}{named} FROM INFILE '{path}' FORMAT {form}", "Null")
            except RuntimeError as error:
                raise failure(error, "insert") from None  # its text holds pieces of the rows

    def command(self, sql: str) -> None:
        """One statement."""
        try:
            self._commander.query(sql, "Null")
        except RuntimeError as error:
            raise failure(error, "command") from error

    def kill(self, mark: str) -> None:
        """Ends the question with this mark if it is running; the thread that runs it gets an error within 0.1 s."""
        with suppress(RuntimeError):
            self._killer.query(f"KILL QUERY WHERE Settings['log_comment'] = '{mark}' ASYNC", "Null")

    def must_be_here(self) -> None:
        """Raises StoreUnavailable in a child of the process that opened the engine, where every call would hang."""
        if os.getpid() != self._pid:
            raise StoreUnavailable(f"The store was opened by process {self._pid} and cannot be used after a fork.")

    def close(self) -> None:
        """Closes every connection, then gives the folder up. Another path can be opened in this process afterwards."""
        while self._closers:
            self._closers.pop()()


def _rows_of(result: QueryResult) -> Answer:
    """Read while the connection is still ours: clickhouse-connect decodes rows when they are asked for, from memory that
    the connection's next question overwrites."""
    return Answer(tuple(result.column_names), [tuple(row) for row in result.result_rows])


@contextmanager
def _readable(rows: bytes) -> Iterator[str]:
    """A path to read the rows from. They are in memory only: a file would outlive a kill -9, with tasks' arguments in it."""
    with os.fdopen(os.memfd_create("rows"), "wb") as file:
        file.write(rows)
        file.flush()
        yield f"/proc/self/fd/{file.fileno()}"
