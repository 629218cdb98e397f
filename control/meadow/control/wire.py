"""A wire: one command to the workers of one cluster, and who answered what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson


@dataclass(frozen=True, slots=True)
class Reply:
    """ok: False for Celery's {"error": …}, and for what could not be read. reply: JSON-ready, bounded. is_cut: whether some of
    it was left out."""

    ok: bool
    reply: Any
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one reply: bytes that are read, values and characters of a text that are kept."""

    body_bytes: int = 1_000_000
    values: int = 500
    text_chars: int = 4_000


@dataclass(frozen=True, slots=True)
class Question:
    """One broadcast.

    method       Celery 5.7's name, its arguments beside.
    destination  hostnames that shall act; None means all. Workers filter by themselves: every one is sent every command.
    expected     hostnames known to be online. Once all of them have answered nobody is waited for any longer; when none is
                 known, everybody is waited for until the deadline.
    within_s     connecting, sending and waiting together.
    bounds       of each reply.
    is_answered  False for what Celery answers nothing to: then it is sent, and nobody is waited for.
    """

    method: str
    arguments: Mapping[str, Any]
    destination: tuple[str, ...] | None
    expected: frozenset[str]
    within_s: float
    bounds: Bounds = Bounds()
    is_answered: bool = True


class Wire(Protocol):
    """An adapter; one for each cluster, for many questions at once.

    ask     Answers by hostname, those that came in time; {} when all were silent. UNREADABLE stands for replies nobody
            could be named for. Sends at most once. Raises BrokerUnavailable, when it is not known whether it was sent, or
            known that it was not: the message says which; BrokerRefused, when the broker says no: nothing was sent.
    close   Ends its connection; a wire that is asked again opens another.
    Never   leaves anything on the broker but a reply queue that ends with the connection or by itself.
    """

    async def ask(self, question: Question) -> dict[str, Reply]: ...

    async def close(self) -> None: ...


UNREADABLE = "?"
SENDING = "The command did not get through in time; whether workers got it is not known."
NOT_SENT = "The broker cannot be reached; nothing was sent."


def message(question: Question, ticket: str, reply_queue: str) -> bytes:
    """The body of kombu 5.7's pidbox. Replies come through the default exchange straight into `reply_queue`, so that no
    exchange or binding is needed for them, and no permission."""
    return orjson.dumps(
        {
            "method": question.method,
            "arguments": dict(question.arguments),
            "destination": list(question.destination) if question.destination is not None else None,
            "pattern": None,
            "matcher": None,
            "ticket": ticket,
            "reply_to": {"exchange": "", "routing_key": reply_queue},
        }
    )
