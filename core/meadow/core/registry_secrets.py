"""A connection in two parts: what may be shown, and what only those with the registry's key can read."""

from __future__ import annotations

import dataclasses
from typing import Any

import orjson

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings, Sealed
from meadow.core.registry_records import ClusterRecord
from meadow.core.seal import Seal


def shown(connection: Connection) -> Connection:
    """The URL masked, no transport options: they may hold passwords too."""
    return dataclasses.replace(connection, url=connection.masked, transport_options=())


def sealed(connection: Connection, key: str, seal: Seal) -> str:
    """The rest, for the record of that key alone."""
    return seal.seal(orjson.dumps([connection.url, connection.transport_options]).decode(), key)


def opened(record: ClusterRecord, seal: Seal) -> Connection:
    """The whole connection. Raises Sealed."""
    secret = seal.open(record.sealed, record.key)
    try:
        url, options = orjson.loads(secret)
        return dataclasses.replace(record.shown, url=_text(url), transport_options=tuple(_pair(one) for one in options))
    except (ValueError, TypeError, BadSettings):  # not told why: the words might hold the secret
        raise Sealed(f"The secret of {record.key} is none; give it anew.") from None


def _pair(given: Any) -> tuple[str, str]:
    name, value = given
    return _text(name), _text(value)


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError
    return given
