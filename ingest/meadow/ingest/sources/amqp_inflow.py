"""What comes from one AMQP socket: deliveries go straight to whoever consumes, every other frame on to aiormq.

aiormq 7.2 awaits three reads and makes a dozen objects for each frame, and a task for each message: about 125 us an event.
Here one read is many frames, and a delivery of three frames, as nearly all are, is read at once. Frames: AMQP 0-9-1 §4.2.3; a
delivery is Basic.Deliver, a content header, and bodies until the header's size is reached, never mixed on one channel.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Callable

from meadow.ingest.source import Message
from meadow.ingest.sources.amqp_texts import Remembered, content, routing_key

METHOD, HEADER, BODY, END = 1, 2, 3, 0xCE
DELIVER = 60 << 16 | 60  # class and method
HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"
HEARTBEAT_EVERY_S = 1.0
BODY_BYTES_MAX = 33 << 20  # no more is kept of a body; still too large for what decodes it
_frame = struct.Struct(">BHI").unpack_from
_method = struct.Struct(">BHIIB").unpack_from  # a frame, its class and method, the length of the consumer tag
_header = struct.Struct(">BBHI4xQ").unpack_from  # the end of the frame before, a frame, the size of the body
_body = struct.Struct(">BBHI").unpack_from  # the end of the frame before, a frame
_u64 = struct.Struct(">Q").unpack_from

Delivery = tuple[int, Message]  # the delivery tag first
Arrived = Callable[[list[Delivery]], None]


class Inflow:
    """One socket's. Messages of one read have one time of receipt.

    shut, open  while shut nothing is read from the socket, so the broker waits; heartbeats wait too, so not for minutes.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._channel = 0
        self._arrived: Arrived | None = None
        self._begun = self._astray = False
        self._heard_at_s = self._now = 0.0
        self._come: list[Delivery] = []
        self._routing_key, self._content = Remembered(routing_key), Remembered(content)
        self._tag, self._texts, self._key = 0, ("", ""), ""
        self._size = self._got = 0
        self._parts: list[bytes] = []

    def of(self, transport: asyncio.Transport) -> None:
        """The socket that `shut` stops."""
        self._transport = transport

    def divert(self, channel: int, arrived: Arrived) -> None:
        """From now on deliveries on this channel go to `arrived`, within the call that reads the socket."""
        self._channel, self._arrived = channel, arrived

    def shut(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def open(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()

    def take(self, data: bytes) -> bytes:
        """Bytes as they came; answers the whole frames among them that are not for `arrived`."""
        if not self._begun:
            self._begun, self._astray = (
                True,
                data[:4] == b"AMQP",
            )  # the broker refuses the protocol and says which it speaks
        if self._astray:
            return data
        self._now = time.time()
        left = self._divided(self._rest + data if self._rest else data)
        come, self._come = self._come, []
        if come and self._arrived is not None:
            self._arrived(come)
        return left

    def _divided(self, data: bytes) -> bytes:
        """What is not for `arrived`; what is has come."""
        at, others, diverted = 0, list[bytes](), False
        while len(data) - at >= 8:
            if self._arrived is not None and (end := self._whole(data, at)):
                at, diverted = end, True
                continue
            kind, channel, size = _frame(data, at)
            end = at + 7 + size
            if end >= len(data):
                break
            if data[end] != END:
                return self._gone_astray(others, data[at:])
            if channel == self._channel and self._arrived is not None and self._part(kind, data, at + 7, end):
                diverted = True
            else:
                others.append(data[at : end + 1])
            at = end + 1
        self._rest = data[at:]
        return b"".join(others) + (self._sign_of_life() if diverted else b"")

    def _whole(self, data: bytes, at: int) -> int:
        """Takes a delivery of three frames that begins here and has come whole, and says where it ends; 0 for all else."""
        try:
            kind, channel, size, method, consumer = _method(data, at)
            if kind != METHOD or channel != self._channel or method != DELIVER:
                return 0
            tag_at, header_at = at + 12 + consumer, at + 7 + size
            end, kind, channel, size, body_size = _header(data, header_at)
            if end != END or kind != HEADER or channel != self._channel or tag_at + 9 > header_at:
                return 0
            body_at = header_at + 8 + size
            end, kind, channel, size = _body(data, body_at)
            last: int = body_at + 8 + size
            if end != END or kind != BODY or channel != self._channel or size != body_size or data[last] != END:
                return 0
        except (struct.error, IndexError):
            return 0  # not all of it has come
        self._key = self._routing_key[data[tag_at + 9 : header_at]]
        self._texts = self._content[data[header_at + 20 : body_at]]
        self._tag = _u64(data, tag_at)[0]
        self._complete(data[body_at + 8 : last])
        return last + 1

    def _gone_astray(self, others: list[bytes], rest: bytes) -> bytes:
        """No frame ends where it should: aiormq shall say so and close the connection."""
        self._astray = True
        return b"".join(others) + rest

    def _sign_of_life(self) -> bytes:
        """RabbitMQ sends no heartbeat while it delivers, and aiormq, which does not see deliveries, would miss it."""
        now_s = time.monotonic()
        if now_s - self._heard_at_s < HEARTBEAT_EVERY_S:
            return b""
        self._heard_at_s = now_s
        return HEARTBEAT

    def _part(self, kind: int, data: bytes, at: int, end: int) -> bool:
        """Whether the frame is part of a delivery; when it completes it, it has come."""
        if kind == BODY:
            self._more(data[at:end])
        elif kind == HEADER:
            self._begin(data[at:end])
        elif kind == METHOD and int.from_bytes(data[at : at + 4]) == DELIVER:
            self._deliver(data[at + 4 : end])
        else:
            return False
        return True

    def _deliver(self, said: bytes) -> None:
        """Consumer tag, delivery tag, redelivered, exchange, routing key."""
        at = 1 + said[0]
        self._tag = _u64(said, at)[0]
        self._key = self._routing_key[said[at + 9 :]]

    def _begin(self, header: bytes) -> None:
        """Class, weight, size of the body, properties."""
        self._size, self._texts = _u64(header, 4)[0], self._content[header[12:]]
        self._parts, self._got = [], 0
        if not self._size:
            self._complete(b"")

    def _more(self, part: bytes) -> None:
        self._got += len(part)
        if self._got == self._size and not self._parts:
            self._complete(part)
            return
        if self._got - len(part) < BODY_BYTES_MAX:
            self._parts.append(part)
        if self._got >= self._size:
            self._complete(b"".join(self._parts))

    def _complete(self, body: bytes) -> None:
        self._parts = []
        kind, encoding = self._texts
        self._come.append((self._tag, Message(body, kind, encoding, self._key, self._now)))
