"""What comes out of decoding: rows on their way to the log, and what could not be understood."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from meadow.core.events import DeadLetterRow, EventRow, WorkerRow
from meadow.ingest.counts import DeadReason
from meadow.ingest.source import Message

TEXT_CHARS_MAX = 255


class Undecodable(Exception):
    """A body, or one element of it, that becomes a dead letter. detail: one sentence without a value of the sender's."""

    def __init__(self, reason: DeadReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class DeadLetter:
    """One event, or one body, that could not be understood. body: as it came, or one element of it as JSON.

    binary    the body is not text, so no secret can be found in it.
    """

    reason: DeadReason
    detail: str
    message: Message
    body: bytes
    binary: bool = False
    body_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.body_bytes = len(self.body)

    def row(self, tenant_id: int, cluster_id: int) -> DeadLetterRow:
        """The row of `dead_letters`."""
        return {
            "tenant_id": tenant_id,
            "cluster_id": cluster_id,
            "received_at": round(self.message.received_at, 6),
            "reason": str(self.reason),
            "detail": self.detail,
            "content_type": presentable(self.message.content_type),
            "content_encoding": presentable(self.message.content_encoding),
            "routing_key": presentable(self.message.routing_key),
            "body": base64.b64encode(self.body).decode("ascii"),
            "body_bytes": self.body_bytes,
        }


@dataclass(slots=True)
class Decoded:
    """Rows of one cluster, in the broker's order; received: how many events were taken to make them."""

    events: list[EventRow] = field(default_factory=list)
    workers: list[WorkerRow] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    received: int = 0

    def add(self, other: Decoded) -> None:
        """Takes the other's rows after its own."""
        self.events += other.events
        self.workers += other.workers
        self.dead += other.dead
        self.received += other.received

    def shorten(self, events: int, workers: int, dead: int) -> None:
        """Takes back what was added beyond these lengths."""
        del self.events[events:], self.workers[workers:], self.dead[dead:]


def presentable(text: str) -> str:
    """A sender's text that JSON can carry: lone surrogates replaced by U+FFFD, at most 255 characters."""
    return cleaned(text[:TEXT_CHARS_MAX])


def cleaned(text: str) -> str:
    """Lone surrogates replaced by U+FFFD; pairs of them, as JSON escapes give them, joined to the character they mean."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
