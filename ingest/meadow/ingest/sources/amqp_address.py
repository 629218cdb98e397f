"""Where an AMQP broker is, read from a URL as kombu reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings


@dataclass(frozen=True, slots=True)
class Address:
    """One host of a broker; its text is safe to show."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    vhost: str
    tls: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def addresses(connection: Connection) -> tuple[Address, ...]:
    """Every host of the URL, in its order.

    kombu 5.7: `amqp://h`, `amqp://h/` and `amqp://h//`… the path without its first slash, percent-decoded, is the vhost;
    an empty one means `/`. Raises BadSettings, without the URL in it.
    """
    return tuple(_address(one, connection.scheme) for one in connection.url.split(";") if one)


def _address(url: str, scheme: str) -> Address:
    try:
        parts = urlsplit(url if "://" in url else f"{scheme}://{url}")
        tls = parts.scheme == "amqps"
        return Address(
            host=unquote(parts.hostname or "localhost"),
            port=parts.port or (5671 if tls else 5672),
            user=unquote(parts.username or "guest"),
            password=unquote(parts.password or "guest"),
            vhost=unquote(parts.path.removeprefix("/")) or "/",
            tls=tls,
        )
    except ValueError:
        raise BadSettings("The broker URL has a port or host that cannot be read.") from None
