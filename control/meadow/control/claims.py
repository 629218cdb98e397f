"""Which process may send an order: the first that claimed its key on a stream that every control process follows."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from typing import NamedTuple

import orjson

from meadow.control.once import Key, another_body
from meadow.core.errors import LogUnavailable, OnItsWay
from meadow.core.stream import Entry, Stale, Stream

NOT_RECORDED = "What is sent is recorded before, and Kafka does not answer now; nothing was sent."
log = logging.getLogger(__name__)


class Claims:
    """A claim needs to hold only until the store shows the order to everybody; the stream forgets it after that.

    stream  None for a Meadow of one process, whose own memory is enough.
    """

    def __init__(self, stream: Stream | None) -> None:
        self._stream = stream
        self._process = secrets.token_hex(8)

    async def take(self, key: Key, body: str) -> bool:
        """Whether this process has the claim, now or from an attempt of its own that sent nothing.

        Raises Conflict when it is of an order with another body; LogUnavailable: nobody may send then, and nobody has.
        """
        stream = self._stream
        while stream is not None:
            entry = stream.entries.get(_name(key))
            if entry is not None:
                claim = _read(entry)
                if claim.body != body:
                    raise another_body()
                return claim.by == self._owner
            try:
                await stream.put(_name(key), orjson.dumps([self._owner, body]), 0)
            except Stale:  # somebody was quicker, and its entry is known now
                continue
            except LogUnavailable as error:
                raise LogUnavailable(NOT_RECORDED) from error
            return True
        return True

    async def turn(self, name: str, number: int, patience_s: float) -> bool:
        """Whether this process has the turn of that number, of what every process would do in turn and one alone shall do.

        name        no command's key: those begin with a tenant's id.
        number      rises from turn to turn.
        patience_s  how much longer the others wait than the process that had the turn before, which so keeps it while it lives.
        Never       raises: while the log is away nobody has it.
        """
        stream = self._stream
        if stream is None:
            return True
        before = stream.entries.get(name)
        if before is not None and _read(before).by != self._owner:
            await asyncio.sleep(patience_s)
        entry = stream.entries.get(name)
        if entry is not None and _read(entry).body.isdecimal() and int(_read(entry).body) >= number:
            return False
        try:
            value = orjson.dumps([self._owner, str(number)])
            await stream.put(name, value, entry.version if entry is not None else 0)
        except (Stale, LogUnavailable):
            return False
        return True

    async def release(self, key: Key) -> None:
        """After nothing was sent: another process may try."""
        stream = self._stream
        entry = stream.entries.get(_name(key)) if stream is not None else None
        if stream is None or entry is None or _read(entry).by != self._owner:
            return
        try:
            await stream.put(_name(key), None, entry.version)
        except (Stale, LogUnavailable) as error:
            log.warning("a claim is kept though nothing was sent: %s", error)

    @property
    def _owner(self) -> str:
        return f"{os.getpid()}-{self._process}"  # the pid, for it may have been made before a fork


class _Claim(NamedTuple):
    by: str
    body: str


def claimed_elsewhere() -> OnItsWay:
    """For a repeat that came while the first is on its way."""
    return OnItsWay(
        "Another control process took this Idempotency-Key, and the outcome is not known yet: nothing was sent again. Ask again"
        " with the same key in a moment; a process that ended over it keeps the key for ten minutes.",
        field="Idempotency-Key",
        retry_after_s=2,
    )


def _read(entry: Entry) -> _Claim:
    """One of nobody, with no body, when it cannot be read."""
    try:
        by, body = orjson.loads(entry.value)
        return _Claim(str(by), str(body))
    except (ValueError, TypeError):
        return _Claim("", "")


def _name(key: Key) -> str:
    tenant_id, command_id = key
    return f"{tenant_id}/{command_id}"
