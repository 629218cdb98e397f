"""Which brokers a tenant may name: hosts on the network; files and sockets of Meadow's own machines are the operator's."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

from meadow.core.connections import AMQP_SCHEMES, Connection
from meadow.core.errors import BadRegistration

SCHEME = re.compile(r"[a-z][a-z0-9+]{0,30}")  # kombu 5.7 would import one with a dot as a module's name
NETWORK = frozenset({*AMQP_SCHEMES, "redis", "rediss", "sentinel"})
OPTIONS = frozenset(
    {
        *("master_name", "sentinel_kwargs", "visibility_timeout", "queue_order_strategy", "sep"),
        *("priority_steps", "socket_timeout", "socket_connect_timeout", "socket_keepalive", "retry_on_timeout"),
        *("health_check_interval", "max_connections", "heartbeat", "ssl_cert_reqs", "ssl_check_hostname"),
    }
)
SENTINEL = frozenset({"username", "password", "ssl", "ssl_cert_reqs", "ssl_check_hostname"})


def must_reach(connection: Connection, *, operator: bool) -> None:
    """Raises BadRegistration for a broker that a caller may not have Meadow's processes open."""
    schemes = [host.partition("://")[0].lower() for host in connection.url.split(";") if "://" in host]
    if not all(SCHEME.fullmatch(scheme) for scheme in schemes):
        raise BadRegistration("url has a scheme that cannot be one.", field="url")
    if operator:
        return
    if not NETWORK.issuperset(schemes):
        raise BadRegistration(
            "Brokers of that kind can be added by the operator's tenant alone.",
            field="url",
            accepts=", ".join(sorted(NETWORK)),
        )
    for name in _names(connection):
        if name not in OPTIONS:
            raise BadRegistration(
                f"The option {name[:100]!r} can be set by the operator's tenant alone.",
                field="transport_options",
                accepts=", ".join(sorted(OPTIONS)),
            )
    if not _is_plain(dict(connection.transport_options).get("sentinel_kwargs", "{}")):
        raise BadRegistration(
            "sentinel_kwargs is a JSON object.", field="transport_options", accepts=", ".join(sorted(SENTINEL))
        )


def _names(connection: Connection) -> list[str]:
    """Of all options: those of the URL's query, and kombu's."""
    queries = [urlsplit(host).query for host in connection.url.split(";")]
    asked = [name for query in queries for name, _ in parse_qsl(query, keep_blank_values=True)]
    return [*asked, *(name for name, _ in connection.transport_options)]


def _is_plain(sentinels: str) -> bool:
    try:
        given = json.loads(sentinels)
    except ValueError:
        return False
    return isinstance(given, dict) and SENTINEL.issuperset(given)
