"""Raw messages of one cluster become rows. Nothing is lost here: what is not understood becomes a dead letter.

content type  decides how a body is read: JSON, or a pickle read as data; every other one is a dead letter.
list bodies   celery 5.7 `task.multi`: each element by itself, so a broken one costs only itself.
unknown       types are kept as they are; unknown fields, and known ones of a strange type, in `fields`.
identity      is made of what the sender said and of the UTC day of receipt, so the same message decoded twice within a
              day gives the same event; see clocks.Receipt.
pure          no clock, no network, no state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from meadow.core.events import OWN_PREFIX, EventRow, WorkerRow
from meadow.ingest.counts import DeadReason
from meadow.ingest.messages.clocks import Receipt, microseconds
from meadow.ingest.messages.decode_body import JSON_TYPE, careful_elements, kind_of, plain_elements
from meadow.ingest.messages.decode_event import Lossy, Reading, event_row
from meadow.ingest.messages.decode_values import timestamp_of
from meadow.ingest.messages.decode_worker import HEARTBEAT, WORKER_TYPES, Worker, worker_of
from meadow.ingest.messages.decoded import TEXT_CHARS_MAX, DeadLetter, Decoded, Undecodable
from meadow.ingest.messages.fitting import cut_text
from meadow.ingest.source import Message

_PLAIN, _MOVED = Reading(), Reading(moved=True)


@dataclass(frozen=True, slots=True)
class Decoder:
    """Decodes the messages of one cluster. Never raises for what a sender can send."""

    tenant_id: int
    cluster_id: int

    def __call__(self, messages: Iterable[Message]) -> Decoded:
        """The rows and dead letters of these messages in their order, payloads in full length."""
        decoded, receipt = Decoded(), Receipt.of(0)
        for message in messages:
            if message.received_at != receipt.given:
                receipt = Receipt.of(message.received_at)
            try:
                if not self._plain(decoded, message, receipt):
                    self._careful(decoded, message, receipt)
            except Undecodable as refused:
                decoded.received += 1
                decoded.dead.append(_dead_body(message, refused))
        return decoded

    def _plain(self, decoded: Decoded, message: Message, receipt: Receipt) -> bool:
        """Whether the body could be read the fast way; if not, nothing was added."""
        elements = plain_elements(message)
        if elements is None:
            return False
        before = len(decoded.events), len(decoded.workers), len(decoded.dead)
        for raw in elements:
            try:
                self._event(decoded, raw, receipt, None)
            except Undecodable as refused:
                decoded.dead.append(_dead(message, refused, raw))
            except Lossy:
                decoded.shorten(*before)
                return False
        decoded.received += len(elements)
        return True

    def _careful(self, decoded: Decoded, message: Message, receipt: Receipt) -> None:
        for element in careful_elements(message):
            decoded.received += 1
            if isinstance(element, Undecodable):
                decoded.dead.append(_dead_body(message, element))
                continue
            raw, repaired = element
            try:
                self._event(decoded, raw, receipt, repaired)
            except Undecodable as refused:
                decoded.dead.append(_dead(message, refused, raw))

    def _event(self, decoded: Decoded, raw: Any, receipt: Receipt, repaired: Sequence[str] | None) -> None:
        kind, hostname, timestamp = _head(raw)
        moved = not receipt.earliest <= timestamp < receipt.latest
        event: EventRow = {
            "tenant_id": self.tenant_id,
            "cluster_id": self.cluster_id,
            "task_id": "",
            "type": kind,
            "at": receipt.moved(timestamp) if moved else microseconds(timestamp),
            "received_at": receipt.at,
            "hostname": hostname,
        }
        worker = _worker(event, raw) if kind in WORKER_TYPES else None
        if worker is None or not worker.plain or kind != HEARTBEAT:
            reading = Reading(moved, True, repaired) if repaired is not None else _MOVED if moved else _PLAIN
            decoded.events.append(event_row(event, raw, reading))
        if worker is not None:
            decoded.workers.append(worker.row)


def _head(raw: Any) -> tuple[str, str, float]:
    """Type, hostname and the sender's time: what makes an event. Raises Undecodable."""
    if type(raw) is not dict:
        raise Undecodable(DeadReason.NOT_AN_EVENT, "This is not an object.")
    kind, hostname, timestamp = raw.get("type"), raw.get("hostname"), raw.get("timestamp")
    if type(kind) is not str or not kind:
        raise Undecodable(DeadReason.NOT_AN_EVENT, "The event has no type.")
    if kind.startswith(OWN_PREFIX):
        raise Undecodable(DeadReason.RESERVED_TYPE, f"Only Meadow itself says types that begin with {OWN_PREFIX}.")
    if type(hostname) is not str or not hostname:
        raise Undecodable(DeadReason.NOT_AN_EVENT, "The event has no hostname.")
    if type(timestamp) is not float and (timestamp := timestamp_of(timestamp)) is None:
        raise Undecodable(DeadReason.NOT_AN_EVENT, "The event has no usable timestamp.")
    return cut_text(kind, TEXT_CHARS_MAX), cut_text(hostname, TEXT_CHARS_MAX), timestamp


def _worker(event: EventRow, raw: dict[str, Any]) -> Worker:
    shared: WorkerRow = {
        "tenant_id": event["tenant_id"],
        "cluster_id": event["cluster_id"],
        "hostname": event["hostname"],
        "type": event["type"],
        "at": event["at"],
        "received_at": event["received_at"],
    }
    return worker_of(shared, raw)


def _dead_body(message: Message, refused: Undecodable) -> DeadLetter:
    binary = refused.reason is DeadReason.ENCODING or kind_of(message) != JSON_TYPE or b"\0" in message.body  # UTF-16
    return DeadLetter(refused.reason, refused.detail, message, message.body, binary)


def _dead(message: Message, refused: Undecodable, raw: Any) -> DeadLetter:
    """One element as JSON, so it can be sent again by itself; the whole body where JSON cannot hold the element."""
    try:
        return DeadLetter(refused.reason, refused.detail, message._replace(content_type=JSON_TYPE), orjson.dumps(raw))
    except orjson.JSONEncodeError:
        return _dead_body(message, refused)
