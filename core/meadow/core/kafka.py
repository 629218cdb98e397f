"""How to reach Kafka: one value for the log, the streams and whoever joins a group."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from meadow.core.errors import BadSettings

Security = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True)
class KafkaConnection:
    """servers    host:port of one broker or more.
    prefix     begins the name of every topic and group of this Meadow.
    ca_file    of the brokers' certificates; "" means the machine's own.
    cert_file, key_file   for brokers that ask for a client certificate.
    The password is not in its repr.
    """

    servers: tuple[str, ...]
    prefix: str = "meadow"
    security: Security = "PLAINTEXT"
    mechanism: Mechanism = "PLAIN"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""

    def __post_init__(self) -> None:
        if not self.servers or not all(":" in server for server in self.servers):
            raise BadSettings("Kafka is named by one host:port or more, such as kafka-1:9092,kafka-2:9092.")
        if self.security.startswith("SASL") and not (self.username and self.password):
            raise BadSettings(f"Kafka with {self.security} needs a user name and a password.")

    def topic(self, name: str) -> str:
        """`meadow.events` for `events`; groups are named the same way."""
        return f"{self.prefix}.{name}"

    def options(self) -> Mapping[str, Any]:
        """Keyword arguments that every client of aiokafka 0.14 takes. Raises BadSettings for unreadable certificates."""
        found: dict[str, Any] = {"bootstrap_servers": list(self.servers), "security_protocol": self.security}
        if self.security.endswith("SSL"):
            found["ssl_context"] = self._context()
        if self.security.startswith("SASL"):
            found |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return found

    def _context(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
            if self.cert_file:
                context.load_cert_chain(self.cert_file, self.key_file or None)
        except (OSError, ssl.SSLError) as error:
            raise BadSettings(f"Kafka's certificates cannot be read: {error}.") from error
        return context
