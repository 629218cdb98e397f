"""Where a cluster's broker is, read from its URL as kombu reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings


@dataclass(frozen=True, slots=True)
class Place:
    """One host of a broker; its text is safe to show. port: None where the URL has none. path: without its first slash on
    hosts, whole on sockets; decoded. user, password: "" where the URL has none."""

    scheme: str
    host: str
    port: int | None
    user: str
    password: str = field(repr=False)
    path: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.port else self.host


def places(connection: Connection) -> tuple[Place, ...]:
    """Every host of the URL, in its order. Raises BadSettings, without the URL in it."""
    try:
        return tuple(_place(one, connection.scheme) for one in connection.url.split(";") if one)
    except ValueError:
        raise BadSettings("The broker URL has a port or host that cannot be read.") from None


def _place(url: str, scheme: str) -> Place:
    parts = urlsplit(url if "://" in url else f"{scheme}://{url}")
    path = unquote(parts.path)
    return Place(
        scheme=parts.scheme,
        host=unquote(parts.hostname or "") or "localhost",
        port=parts.port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        path=path if scheme == "redis+socket" else path.removeprefix("/"),
    )
