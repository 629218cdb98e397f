"""Where a cluster's broker is, read from its URL as kombu reads it, and how to trust it over TLS."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings

VERIFY = {"CERT_NONE": "none", "CERT_OPTIONAL": "optional", "CERT_REQUIRED": "required"}


@dataclass(frozen=True, slots=True)
class Place:
    """One host of a broker; its text is safe to show. port: None where the URL has none. path: without its first slash on
    hosts, whole on sockets; decoded."""

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
        host=unquote(parts.hostname or "") or "localhost",
        port=parts.port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        path=path if scheme == "redis+socket" else path.removeprefix("/"),
    )


@dataclass(frozen=True, slots=True)
class Trust:
    """kombu 5.7's `ssl_*`, from the URL's query or the transport options. Without any the broker must prove who it is."""

    ca_file: str
    certificate_file: str
    key_file: str
    verify: str  # none, optional or required
    check_hostname: bool

    @classmethod
    def of(cls, connection: Connection) -> Trust:
        query = dict(parse_qsl(urlsplit(connection.url.split(";")[0]).query))
        given = dict(connection.transport_options) | query
        verify = given.get("ssl_cert_reqs", "required")
        verify = VERIFY.get(verify, verify)
        check = verify == "required" and given.get("ssl_check_hostname", "true").lower() != "false"
        return cls(
            given.get("ssl_ca_certs", ""), given.get("ssl_certfile", ""), given.get("ssl_keyfile", ""), verify, check
        )

    def context(self) -> ssl.SSLContext:
        """Raises OSError for a file that cannot be read."""
        made = ssl.create_default_context(cafile=self.ca_file or None)
        if self.certificate_file:
            made.load_cert_chain(self.certificate_file, self.key_file or None)
        made.check_hostname = self.check_hostname
        made.verify_mode = ssl.CERT_REQUIRED if self.verify == "required" else ssl.CERT_NONE
        return made

    def redis_options(self) -> dict[str, Any]:
        """The same as redis-py 8 takes it."""
        return {
            "ssl": True,
            "ssl_ca_certs": self.ca_file or None,
            "ssl_certfile": self.certificate_file or None,
            "ssl_keyfile": self.key_file or None,
            "ssl_cert_reqs": self.verify,
            "ssl_check_hostname": self.check_hostname,
        }
