"""Gathers the replies to one command: read whatever came, bounded in number and size, until everybody expected has answered."""

from __future__ import annotations

import json
import logging
import math
from typing import Any

from meadow.control import pickled
from meadow.control.wire import UNREADABLE, Question, Reply

BODY_BYTES_MAX = 1_000_000
REPLIES_MAX = 5_000
HOSTNAME_CHARS_MAX = 255
TEXT_CHARS_MAX = 4_000
NODES_MAX = 500  # values in one reply that are kept
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
        self.replies: dict[str, Reply] = {}
        self.listeners: int | None = None

    def add(self, body: bytes, content_type: str) -> None:
        """One reply's body, and how its sender says it is written. A second one of the same hostname is left out."""
        try:
            hostname, answer = _entry(_decoded(body, content_type))
        except (ValueError, RecursionError) as error:
            self._unreadable += 1
            text = f"{self._unreadable} replies could not be read; the last one: {error}."
            self.replies[UNREADABLE] = Reply(False, text[:TEXT_CHARS_MAX])
            return
        destination = self._question.destination
        if destination is not None and hostname not in destination:
            log.warning("a reply came from a worker that was not asked")
        elif hostname not in self.replies and len(self.replies) < REPLIES_MAX:
            self.replies[hostname] = _reply(answer)

    @property
    def complete(self) -> bool:
        """Whether nobody is left to wait for."""
        if self.listeners is not None and len(self.replies) >= self.listeners:
            return True
        expected = self._question.expected
        return bool(expected) and expected <= self.replies.keys()


def _decoded(body: bytes, content_type: str) -> Any:
    if len(body) > BODY_BYTES_MAX:
        raise ValueError(f"it has {len(body)} bytes, {BODY_BYTES_MAX} are read")
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


def _reply(answer: Any) -> Reply:
    ok = not (isinstance(answer, dict) and "error" in answer)
    return Reply(ok, _plain(answer, [NODES_MAX], DEPTH_MAX))


def _plain(value: Any, left: list[int], depth: int) -> Any:
    """JSON-ready and small: a pickle may hold one list a million times, or in itself."""
    left[0] -= 1
    if left[0] < 0 or depth < 0:
        return "…"
    if isinstance(value, list):
        return [_plain(one, left, depth - 1) for one in value[:NODES_MAX]]
    if isinstance(value, dict):
        pairs = list(value.items())[:NODES_MAX]
        return {_text(str(key)): _plain(one, left, depth - 1) for key, one in pairs}
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    fits = value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**63)
    return value if fits else "…"


def _text(value: str) -> str:
    cut = value if len(value) <= TEXT_CHARS_MAX else value[:TEXT_CHARS_MAX] + "…"
    return cut.encode("utf-8", "replace").decode()
