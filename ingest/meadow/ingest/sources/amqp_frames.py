"""Mends the one thing in a frame that ends a connection: text that is not UTF-8, which the broker would deliver for ever."""

from __future__ import annotations

import pamqp.frame
from pamqp.exceptions import PAMQPException

METHOD, HEADER = 1, 2  # AMQP 0-9-1 §4.2.3, the frame's first byte
DELIVER = b"\x00\x3c\x00\x3c"  # Basic.Deliver: class 60, method 60
FIXED = 12  # a content header's class, weight and body size, before its property flags


def mended(kind: int, prefix: bytes, payload: bytes) -> bytes:
    """payload: a frame's, with its end byte; comes back as it is, or as long as it was.

    kind, prefix: the frame's first byte and the six after it. RabbitMQ passes on what a client gave as routing key and
    properties, whatever the bytes; pamqp 4 raises UnicodeDecodeError at them and aiormq 7.2 then closes the connection.
    A routing key gets `?` for each byte that is not ASCII; properties that cannot be read are left out, so that the
    message has no content type.
    """
    if kind == METHOD and payload.startswith(DELIVER) and not payload[_routing_key_at(payload) : -1].isascii():
        at = _routing_key_at(payload)
        return payload[:at] + bytes(b if b < 128 else 63 for b in payload[at:-1]) + payload[-1:]
    if kind == HEADER and not payload[FIXED + 2 : -1].isascii() and not _reads(kind, prefix, payload):
        return payload[:FIXED] + bytes(len(payload) - FIXED - 1) + payload[-1:]
    return payload


def _routing_key_at(payload: bytes) -> int:
    """After the consumer tag, the delivery tag, `redelivered`, the exchange, and the key's own length."""
    exchange_at = 4 + 1 + payload[4] + 8 + 1
    return exchange_at + 1 + payload[exchange_at] + 1


def _reads(kind: int, prefix: bytes, payload: bytes) -> bool:
    try:
        pamqp.frame.unmarshal(bytes((kind,)) + prefix + payload)
    except (PAMQPException, ValueError, IndexError, OverflowError):
        return False
    return True
