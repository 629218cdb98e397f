"""Requests from the web front to one process behind it: connections kept or made anew, time-outs, what failures mean."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientMiddlewareType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    SocketTimeoutError,
    TCPConnector,
    hdrs,
)
from multidict import CIMultiDict
from yarl import URL

CONNECTIONS_MAX = 2_000  # of each kind; a live stream holds one
CONNECTED_WITHIN_S = 2.0
# Until the head, and between two pieces: a live stream speaks every 5 s, a command takes up to 15, a log that takes nothing
# is said after 30.
SILENT_S_MAX = 40.0
ALIVE_WITHIN_S = 2.0
NOT_MADE = (ClientConnectorError, ConnectionTimeoutError)  # nothing was sent
SILENT = (SocketTimeoutError,)
LOST = (ClientError,)  # all else: it may have been sent, and done
NOT_ADDED = frozenset({hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.USER_AGENT, hdrs.CONTENT_TYPE})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it goes to a part. address: path and query, never decoded on the way."""

    method: str
    address: str
    headers: CIMultiDict[str]
    body: bytes

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does what sending it once does."""
        return self.method == hdrs.METH_GET and not self.body


class Wire:
    """Open between `open` and `close`. What may not be repeated goes on a connection of its own: one that was kept may be
    closed from the other side just then, and nobody could tell whether the request was read."""

    def __init__(self) -> None:
        self._kept = _session(TCPConnector(limit=CONNECTIONS_MAX))
        self._fresh = _session(TCPConnector(limit=CONNECTIONS_MAX, force_close=True), _once)

    async def send(self, base: str, outgoing: Outgoing) -> ClientResponse:
        """The answer's head; its body is to be read from it, then released. Raises NOT_MADE, SILENT, LOST."""
        session = self._kept if outgoing.repeatable else self._fresh
        return await session.request(
            outgoing.method,
            URL(f"{base}{outgoing.address}", encoded=True),
            headers=outgoing.headers,
            data=outgoing.body or None,
            allow_redirects=False,
        )

    async def alive(self, base: str) -> bool:
        """Whether the process says so. By the one name that every guard takes."""
        try:
            timeout = ClientTimeout(total=ALIVE_WITHIN_S)
            async with self._kept.get(f"{base}/healthz", headers={hdrs.HOST: "localhost"}, timeout=timeout) as answer:
                return answer.status == 200
        except (ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        """Requests that wait for an answer fail."""
        await self._kept.close()
        await self._fresh.close()


async def _once(request: ClientRequest, send: ClientHandlerType) -> ClientResponse:
    """aiohttp 3.14 repeats PUT and DELETE by itself when a connection ends without an answer; not what it does not know."""
    try:
        return await send(request)
    except (*NOT_MADE, *SILENT):
        raise
    except ClientConnectionError as error:
        raise ClientError("no answer") from error


def _session(connector: TCPConnector, *middlewares: ClientMiddlewareType) -> ClientSession:
    return ClientSession(
        middlewares=middlewares,
        connector=connector,
        cookie_jar=DummyCookieJar(),  # one caller's cookie must not go out with another's request
        auto_decompress=False,
        skip_auto_headers=NOT_ADDED,
        timeout=ClientTimeout(
            total=None, connect=2 * CONNECTED_WITHIN_S, sock_connect=CONNECTED_WITHIN_S, sock_read=SILENT_S_MAX
        ),
    )
