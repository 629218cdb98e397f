"""Requests to ClickHouse by clickhouse-connect's asyncio client, and what its errors mean."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import cramjam
from clickhouse_connect import common
from clickhouse_connect.driver import create_async_client
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.query import QueryResult

from meadow.core.errors import BadSettings, MeadowError, StoreUnavailable
from meadow.core.statements import words
from meadow.core.store import Answer, Form
from meadow.core.stores.clickhouse_settings import COMMANDS, EVERY, INSERTS, QUESTIONS, ClickHouseSettings
from meadow.core.stores.failures import Doing, failure
from meadow.core.stores.questions import Question, identifier

T = TypeVar("T")

IDLE_S = 8.0  # a server closes a connection that is idle for 10 s or more; a request on one just closed is lost
MORE_CONNECTIONS = 4  # for commands, and to end questions
PIECE_BYTES = 1 << 18
AUTHENTICATION_FAILED = 516
QUORUM_SHARE = 0.8  # of the time for an insert
_PROXY_STATUS = re.compile(r"HTTP status \d{3}")  # clickhouse-connect 1.12: an answer that is none of ClickHouse's


class ClickHouseClient:
    """Each call is one request. Raises what `failure` says; never a password, a row or a parameter in it."""

    def __init__(self, client: AsyncClient, settings: ClickHouseSettings) -> None:
        self._client = client
        self._settings = settings
        self._inserts = {**INSERTS, **_quorum(settings)}

    @classmethod
    async def open(cls, settings: ClickHouseSettings) -> ClickHouseClient:
        """Raises BadSettings when the server refuses the user, or what Meadow must set; StoreUnavailable when it cannot be
        reached in time."""
        common.set_setting("max_error_size", 0)  # the error's name is at its end
        try:
            async with asyncio.timeout(2 * settings.connect_s):
                client = await create_async_client(**_options(settings))
        except TimeoutError:
            raise _silent(settings, "no answer in time") from None
        except ssl.SSLError as error:
            raise BadSettings(f"The certificate {settings.ca_file} cannot be used: {error.reason}.") from error
        except ClickHouseError as error:
            raise _refusal(error, settings) from error
        try:
            _must_take_settings(client, settings)
        except BaseException:
            await client.close()
            raise
        client.database = settings.database
        return cls(client, settings)

    async def ask(self, asked: Question) -> Answer:
        """Rows of a question."""

        async def query() -> Answer:
            result = await self._client.query(
                asked.sql, dict(asked.parameters), settings=dict(QUESTIONS), query_tz="UTC"
            )
            return await asyncio.to_thread(_rows_of, result)

        return await self._typed("ask", query)

    async def ask_bytes(self, asked: Question, form: str) -> bytes:
        """A question's answer in one of the engine's formats."""
        return await self._typed(
            "ask",
            lambda: self._client.raw_query(asked.sql, dict(asked.parameters), settings=dict(QUESTIONS), fmt=form),
        )

    async def insert(self, table: str, rows: bytes, columns: Sequence[str], form: Form) -> None:
        """clickhouse-connect 1.12 sends bytes again, in silence, when a connection ends without an answer; not pieces."""
        names = [identifier(column) for column in columns] or None
        body = bytes(await asyncio.to_thread(cramjam.lz4.compress, rows))

        async def send() -> None:
            await self._client.raw_insert(
                identifier(table), names, _pieces(body), settings=self._inserts, fmt=form, compression="lz4"
            )

        await self._typed("insert", send)

    async def command(self, sql: str) -> None:
        """One statement. One that makes a database is not said inside of another, which may not be there either."""
        inside = words(sql)[:2] != ["CREATE", "DATABASE"]
        await self._typed("command", lambda: self._client.command(sql, settings=dict(COMMANDS), use_database=inside))

    async def kill(self, mark: str) -> bool:
        """Ends the question with this mark; False when none runs."""
        sql = f"KILL QUERY WHERE Settings['log_comment'] = '{mark}' ASYNC"
        return bool(await self._typed("command", lambda: self._client.raw_query(sql, use_database=False)))

    async def close(self) -> None:
        await self._client.close()

    async def _typed(self, doing: Doing, request: Callable[[], Awaitable[T]]) -> T:
        """An insert's error holds pieces of its rows, so nothing is chained to what is raised of it."""
        try:
            return await request()
        except ClickHouseError as error:
            told = self._told(error, doing)
            if doing != "insert":
                raise told from error
        except (OSError, EOFError) as error:
            raise _silent(self._settings, type(error).__name__) from error
        raise told

    def _told(self, error: ClickHouseError, doing: Doing) -> MeadowError:
        if getattr(error, "code", None) == AUTHENTICATION_FAILED:
            return StoreUnavailable(f"ClickHouse at {self._settings.address} refuses Meadow's user or password now.")
        if "Code: " in str(error):
            return failure(error, doing)
        status = _PROXY_STATUS.search(str(error))
        return _silent(self._settings, status[0] if status else type(error.__cause__ or error).__name__)


def _options(settings: ClickHouseSettings) -> dict[str, Any]:
    address, connections = urlsplit(settings.url), settings.questions + settings.inserts + MORE_CONNECTIONS
    return {
        "interface": address.scheme,
        "host": address.hostname,
        "port": address.port or (8443 if address.scheme == "https" else 8123),
        "username": settings.username,
        "password": settings.password,
        "ca_cert": settings.ca_file or None,
        "compress": "lz4",
        "connect_timeout": settings.connect_s,
        "send_receive_timeout": settings.command_s,
        "settings": dict(EVERY),
        "query_retries": 0,
        "tz_mode": "aware",
        "autogenerate_session_id": False,
        "form_encode_query_params": True,  # values of a question are in no address, and so in no proxy's log
        "connector_limit": connections,
        "connector_limit_per_host": connections,
        "keepalive_timeout": IDLE_S,
        "client_name": "meadow",
    }


def _quorum(settings: ClickHouseSettings) -> dict[str, int]:
    """A quorum that does not come is said by the server, with which, before the client has waited long enough."""
    patience_ms = int(settings.insert_s * 1000 * QUORUM_SHARE)
    wanted = {"insert_quorum": settings.insert_quorum, "insert_quorum_timeout": patience_ms}
    return wanted if settings.insert_quorum else {}


def _must_take_settings(client: AsyncClient, settings: ClickHouseSettings) -> None:
    """A profile that is read-only takes none; a server that is too old does not know them all."""
    there = client.server_settings
    needed = sorted({*EVERY, *INSERTS, *QUESTIONS, *COMMANDS})
    if refused := [name for name in needed if name not in there or there[name].readonly]:
        raise BadSettings(
            f"ClickHouse at {settings.address} does not let the user {settings.username} set {', '.join(refused)}; "
            "Meadow needs a profile that is not read-only, and a server that knows them: it is tried on ClickHouse 26."
        )


def _rows_of(result: QueryResult) -> Answer:
    return Answer(tuple(result.column_names), [tuple(row) for row in result.result_rows])


def _refusal(error: ClickHouseError, settings: ClickHouseSettings) -> MeadowError:
    if getattr(error, "code", None) == AUTHENTICATION_FAILED:
        return BadSettings(
            f"ClickHouse at {settings.address} does not know the user {settings.username}, or not by this password."
        )
    if isinstance(error.__cause__, aiohttp.ClientSSLError):
        return BadSettings(
            f"The certificate of ClickHouse at {settings.address} is not trusted; name the authority's file, and its host."
        )
    return _silent(settings, type(error.__cause__ or error).__name__)


def _silent(settings: ClickHouseSettings, why: str) -> StoreUnavailable:
    return StoreUnavailable(f"ClickHouse at {settings.address} cannot be reached ({why}).")


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), PIECE_BYTES):
        yield body[start : start + PIECE_BYTES]
