"""What comes from one AMQP socket: deliveries go straight to whoever consumes, every other frame on to aiormq.

aiormq 7.2 awaits three reads and makes a dozen objects for each frame, and a task for each message: about 125 us an event.
Here one read is many frames, and a delivery of three frames is parsed in place. Frames: AMQP 0-9-1 §4.2.3; a delivery is
Basic.Deliver, a content header, and bodies until the header's size is reached, never mixed on one channel.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Callable

METHOD, HEADER, BODY, END = 1, 2, 3, 0xCE
DELIVER = b"\x00\x3c\x00\x3c"  # class 60, method 60
HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"
HEARTBEAT_EVERY_S = 1.0
BODY_BYTES_MAX = 33 << 20  # no more is kept of a body; still too large for what decodes it
CONTENT_TYPE, CONTENT_ENCODING = 1 << 15, 1 << 14
_frame = struct.Struct(">BHI").unpack_from
_u64 = struct.Struct(">Q").unpack_from
_u16 = struct.Struct(">H").unpack_from

Arrived = Callable[[int, bytes, str, str, str], None]  # delivery tag, body, content type, content encoding, routing key


class Inflow:
    """One socket's. Text that is not ASCII: a routing key gets `?` for each such byte, a property counts as absent.

    shut, open  while shut nothing is read from the socket, so the broker waits; heartbeats wait too, so not for minutes.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._channel = 0
        self._arrived: Arrived | None = None
        self._begun = self._astray = False
        self._heard_at_s = 0.0
        self._tag, self._routing_key, self._type, self._encoding = 0, "", "", ""
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
        data, at, others, diverted = self._rest + data, 0, list[bytes](), False
        while len(data) - at >= 8:
            kind, channel, size = _frame(data, at)
            end = at + 7 + size
            if end >= len(data):
                break
            if data[end] != END:
                return self._gone_astray(others, data[at:])
            if channel == self._channel and self._arrived is not None and self._delivery(kind, data, at + 7, end):
                diverted = True
            else:
                others.append(data[at : end + 1])
            at = end + 1
        self._rest = data[at:]
        return b"".join(others) + (self._sign_of_life() if diverted else b"")

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

    def _delivery(self, kind: int, data: bytes, at: int, end: int) -> bool:
        """Whether the frame is part of one; when it completes it, it arrives."""
        if kind == BODY:
            self._body(data[at:end])
        elif kind == HEADER:
            self._header(data[at:end])
        elif kind == METHOD and data.startswith(DELIVER, at):
            self._deliver(data, at + 4)
        else:
            return False
        return True

    def _deliver(self, data: bytes, at: int) -> None:
        """Consumer tag, delivery tag, redelivered, exchange, routing key."""
        at += 1 + data[at]
        self._tag = _u64(data, at)[0]
        at += 9
        at += 1 + data[at]
        key = data[at + 1 : at + 1 + data[at]]
        self._routing_key = key.decode() if key.isascii() else bytes(b if b < 128 else 63 for b in key).decode()

    def _header(self, header: bytes) -> None:
        """Class, weight, size of the body, flags of properties, properties in the order of their flags."""
        self._size, flags, at = _u64(header, 4)[0], _u16(header, 12)[0], 14
        self._parts, self._got = [], 0
        self._type, at = _text(header, at) if flags & CONTENT_TYPE else ("", at)
        self._encoding, at = _text(header, at) if flags & CONTENT_ENCODING else ("", at)
        if not self._size:
            self._complete(b"")

    def _body(self, part: bytes) -> None:
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
        if self._arrived is not None:
            self._arrived(self._tag, body, self._type, self._encoding, self._routing_key)


def _text(header: bytes, at: int) -> tuple[str, int]:
    """A short text: its length and its bytes. RabbitMQ passes on what a client wrote, so both may be wrong."""
    end = at + 1 + (header[at] if at < len(header) else 0)
    text = header[at + 1 : end]
    return (text.decode() if text.isascii() else ""), end
