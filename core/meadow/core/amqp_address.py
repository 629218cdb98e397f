"""Where an AMQP broker is, with what AMQP takes for what the URL leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field

from yarl import URL

from meadow.core.broker_places import Place, places
from meadow.core.broker_tls import Tls
from meadow.core.connections import Connection


@dataclass(frozen=True, slots=True)
class Address:
    """One host of a broker; its text is safe to show. vhost: not in `url`, for aiormq reads a `%2F` in its name as `/`."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    vhost: str
    tls: Tls | None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    def url(self, *, heartbeat_s: int, name: str) -> URL:
        """As aiormq takes it. name: shown in the broker's list of connections."""
        return URL.build(
            scheme="amqps" if self.tls else "amqp",
            user=self.user,
            password=self.password,
            host=self.host,
            port=self.port,
            query={"heartbeat": str(heartbeat_s), "name": name},
        )


def addresses(connection: Connection) -> tuple[Address, ...]:
    """Every host of the URL, in its order.

    kombu 5.7: `amqp://h`, `amqp://h/` and `amqp://h//`… the path without its first slash, percent-decoded, is the vhost;
    an empty one means `/`; 5671 is TLS's port. Raises BadSettings, without the URL in it.
    """
    return tuple(_address(place, Tls.of(connection, place.scheme)) for place in places(connection))


def _address(place: Place, tls: Tls | None) -> Address:
    port = place.port or (5671 if tls else 5672)
    return Address(place.host, port, place.user or "guest", place.password or "guest", place.path or "/", tls)
