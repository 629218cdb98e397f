"""A dead letter as the store gives it back, and whether all of its body is there."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meadow.ingest.appending import BODY_BYTES_KEPT
from meadow.ingest.folding.refusals import BODY_BYTES_MAX
from meadow.ingest.source import Message
from meadow.ingest.stages.trim import TrimSettings

CUTS = frozenset({BODY_BYTES_KEPT, BODY_BYTES_MAX, TrimSettings().letter_bytes})


@dataclass(frozen=True, slots=True)
class Letter:
    """reason: a DeadReason's text. message: as it came, or one element of it. lack: why it cannot be read; "" if it can."""

    reason: str
    message: Message
    lack: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Letter:
        """Never raises for what a row can hold."""
        try:
            body = base64.b64decode(row["body"], validate=True)
            lack = _lack(body, row["body_bytes"])
        except (binascii.Error, ValueError):
            body, lack = b"", "unreadable"
        texts = row["content_type"], row["content_encoding"], row["routing_key"]
        return cls(row["why"], Message(body, *texts, row["at_us"] / 1_000_000), lack)


def _lack(body: bytes, bytes_before: int) -> str:
    """Redaction changes a body's length too, so only the lengths that bodies are cut to say that one was cut."""
    if not body and bytes_before:
        return "withheld"
    return "cut" if bytes_before > len(body) in CUTS else ""
