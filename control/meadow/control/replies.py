"""Gathers the replies to one command: read whatever came, bounded in number and size, until everybody expected has answered."""

from __future__ import annotations

import json
import logging
import math
from typing import Any

from meadow.control import pickled
from meadow.control.wire import UNREADABLE, Bounds, Question, Reply

REPLIES_MAX = 5_000
ALL_BYTES_MAX = 32_000_000  # of all replies to one question
HOSTNAME_CHARS_MAX = 255
FAULT_CHARS_MAX = 4_000
DEPTH_MAX = 12
JSON = frozenset({"application/json", "application/x-json", "text/json"})
PICKLE = frozenset({"application/x-python-serialize", "application/x-python-pickle"})
log = logging.getLogger(__name__)


class Gathering:
    """What came for one question. Never raises for a reply, whatever it is.

    listeners  how many got the command, where the broker says so: no more replies than that can come.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self._unreadable = 0
        self._bytes = 0
        self.replies: dict[str, Reply] = {}
        self.listeners: int | None = None

    def add(self, body: bytes, content_type: str) -> None:
        """One reply's body, and how its sender says it is written. A second one of the same hostname is left out."""
        try:
            hostname, answer = _entry(self._decoded(body, content_type))
        except (ValueError, RecursionError) as error:
            self._unreadable += 1
            text = f"{self._unreadable} replies could not be read; the last one: {error}."
            self.replies[UNREADABLE] = Reply(False, text[:FAULT_CHARS_MAX])
            return
        destination = self._question.destination
        if destination is not None and hostname not in destination:
            log.warning("a reply came from a worker that was not asked")
        elif hostname not in self.replies and len(self.replies) < REPLIES_MAX:
            self.replies[hostname] = _reply(answer, self._question.bounds)

    @property
    def complete(self) -> bool:
        """Whether nobody is left to wait for."""
        if not self._question.is_answered:
            return True
        if self.listeners is not None and len(self.replies) >= self.listeners:
            return True
        expected = self._question.expected
        return bool(expected) and expected <= self.replies.keys()

    def _decoded(self, body: bytes, content_type: str) -> Any:
        most = self._question.bounds.body_bytes
        if len(body) > most:
            raise ValueError(f"it has {len(body)} bytes, {most} are read")
        self._bytes += len(body)
        if self._bytes > ALL_BYTES_MAX:
            raise ValueError(f"all together have more than the {ALL_BYTES_MAX} bytes that are read")
        return _read(body, content_type)


def _read(body: bytes, content_type: str) -> Any:
    if content_type in JSON:
        try:
            return json.loads(body)
        except ValueError as error:
            raise ValueError("it is not JSON") from error
    if content_type in PICKLE:
        return pickled.loads(body)
    shown = content_type[:100] if content_type.isprintable() else "?"
    raise ValueError(f"its content type is {shown}, JSON and pickle are read; see the worker's task_serializer")


def _entry(document: Any) -> tuple[str, Any]:
    """celery 5.7: {nodename: what the command's handler returned}."""
    if not isinstance(document, dict) or len(document) != 1:
        raise ValueError("it is not one hostname with its answer")
    ((hostname, answer),) = document.items()
    if not isinstance(hostname, str) or not 0 < len(hostname) <= HOSTNAME_CHARS_MAX or not hostname.isprintable():
        raise ValueError("its hostname is none")
    return hostname, answer


def _reply(answer: Any, bounds: Bounds) -> Reply:
    ok = not (isinstance(answer, dict) and "error" in answer)
    plain = _Plain(bounds)
    return Reply(ok, plain(answer, DEPTH_MAX), plain.is_cut)


class _Plain:
    """Makes a value JSON-ready and small: a pickle may hold one list a million times, or in itself."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._left = bounds.values
        self.is_cut = False

    def __call__(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth < 0:
            return self._cut()
        if isinstance(value, list):
            return [self(one, depth - 1) for one in self._first(value)]
        if isinstance(value, dict):
            return {self._text(str(key)): self(one, depth - 1) for key, one in self._first(list(value.items()))}
        return self._scalar(value)

    def _first(self, items: list[Any]) -> list[Any]:
        """Of a list, as many as can be kept at all."""
        self.is_cut |= len(items) > self._left
        return items[: max(0, self._left)]

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        fits = value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**63)
        return value if fits else self._cut()

    def _text(self, value: str) -> str:
        most = self._bounds.text_chars
        self.is_cut |= len(value) > most
        cut = value if len(value) <= most else value[:most] + "…"
        return cut.encode("utf-8", "replace").decode()

    def _cut(self) -> str:
        self.is_cut = True
        return "…"
