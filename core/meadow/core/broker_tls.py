"""Whether a broker is spoken to over TLS, and how to trust it: kombu's `ssl_*` names, from the URL's query or the options."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings, BrokerUnavailable

SCHEMES = ("amqps", "rediss")
VERIFYING = {"required": True, "optional": True, "none": False}  # Python's ssl: to a client optional is required


@dataclass(frozen=True, slots=True)
class Tls:
    """ca_file: authorities to trust, "" means the system's. verify: whether the broker must prove who it is. Files are PEM."""

    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    verify: bool = True
    check_hostname: bool = True

    @classmethod
    def of(cls, connection: Connection, scheme: str) -> Tls | None:
        """None: without TLS. scheme: of one host of the URL.

        kombu 5.7: any `ssl_*` in the query asks for TLS, whatever the scheme (`sentinel://` has none of its own), as
        `broker_use_ssl` does, whose names are given among the transport options; those of the first host are for all. Where
        none says how, the broker must prove who it is. Raises BadSettings for an `ssl_cert_reqs` that is none.
        """
        query = parse_qsl(urlsplit(connection.url.split(";")[0]).query)
        given = {name: value for name, value in (*connection.transport_options, *query) if name.startswith("ssl_")}
        if not given and scheme not in SCHEMES:
            return None
        verify = VERIFYING.get(given.get("ssl_cert_reqs", "required").lower().removeprefix("cert_"))
        if verify is None:
            raise BadSettings("ssl_cert_reqs is required, optional or none.")
        check = given.get("ssl_check_hostname", "true").lower() != "false" and verify
        return cls(
            given.get("ssl_ca_certs", ""), given.get("ssl_certfile", ""), given.get("ssl_keyfile", ""), verify, check
        )

    def context(self) -> ssl.SSLContext:
        """Reads the files. Raises BrokerUnavailable when one cannot be read, by the name of its option."""
        with _naming("ssl_ca_certs"):
            made = ssl.create_default_context(cafile=self.ca_file or None)
        if self.certificate_file:
            with _naming("ssl_certfile or ssl_keyfile"):
                made.load_cert_chain(self.certificate_file, self.key_file or None)
        made.check_hostname = self.check_hostname
        made.verify_mode = ssl.CERT_REQUIRED if self.verify else ssl.CERT_NONE
        return made

    def redis_options(self) -> dict[str, Any]:
        """The same as redis-py 8 takes it, which says of a file it cannot read that the server cannot be reached: so they are
        read here too. Raises as `context`."""
        if self.ca_file or self.certificate_file:
            self.context()
        return {
            "ssl_ca_certs": self.ca_file or None,
            "ssl_certfile": self.certificate_file or None,
            "ssl_keyfile": self.key_file or None,
            "ssl_cert_reqs": "required" if self.verify else "none",
            "ssl_check_hostname": self.check_hostname,
        }


@contextmanager
def _naming(option: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BrokerUnavailable(f"The file of {option} cannot be read: {error.strerror or error}.") from error
