"""Takes a message out of kombu's Redis envelope: JSON around a base64 body."""

from __future__ import annotations

import binascii
import json
from typing import Any

import orjson

from meadow.ingest.source import Message


def message_of(envelope: bytes, routing_key: str, received_at: float) -> Message:
    """kombu 5.7: body, content-type, content-encoding, properties.body_encoding and .delivery_info.routing_key.

    routing_key: from the channel's name, "" when it has none. What is no envelope comes back whole, with content_type "",
    so that decoding makes a dead letter of it.
    """
    try:
        opened = _json(envelope)
        properties = opened.get("properties") or {}
        body = opened["body"]
        encoded = properties.get("body_encoding") == "base64"
        return Message(
            body=binascii.a2b_base64(body, strict_mode=True) if encoded else body.encode(),
            content_type=_text(opened.get("content-type")),
            content_encoding=_text(opened.get("content-encoding")),
            routing_key=routing_key or _text((properties.get("delivery_info") or {}).get("routing_key")),
            received_at=received_at,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Message(envelope, "", "", routing_key, received_at)


def _json(envelope: bytes) -> dict[str, Any]:
    try:
        opened = orjson.loads(envelope)
    except orjson.JSONDecodeError:
        opened = json.loads(envelope)  # Celery's own JSON may hold NaN and lone surrogates, which orjson refuses
    if not isinstance(opened, dict):
        raise TypeError
    return opened


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
