"""A message's body becomes the events in it, by the content type its sender gave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from meadow.ingest.counts import DeadReason
from meadow.ingest.messages import decode_json
from meadow.ingest.messages.decoded import Undecodable
from meadow.ingest.messages.pickles import read_pickle
from meadow.ingest.messages.readiness import Readiness
from meadow.ingest.source import Message

BODY_BYTES_MAX = 32 * 1024 * 1024
ELEMENTS_MAX = 10_000  # celery 5.7 puts at most 24 events into a `task.multi`
JSON_TYPE = "application/json"
PICKLE_TYPE = "application/x-python-serialize"


def kind_of(message: Message) -> str:
    """The content type without its parameters, lower case."""
    return message.content_type.partition(";")[0].strip().lower()


def plain_elements(message: Message) -> list[Any] | None:
    """The events of an ordinary JSON body: JSON-ready, integers beyond 64 bit turned into floats. None when it has to be read
    carefully. Raises Undecodable TOO_LARGE."""
    if len(message.body) > BODY_BYTES_MAX:
        raise Undecodable(DeadReason.TOO_LARGE, f"The body has more than {BODY_BYTES_MAX} bytes.")
    if message.content_type != JSON_TYPE and kind_of(message) != JSON_TYPE:
        return None
    try:
        value = decode_json.fast(message.body)
    except ValueError:
        return None
    return _listed(value)


def careful_elements(message: Message) -> Iterator[tuple[Any, tuple[str, ...]] | Undecodable]:
    """The events of any body that can be read at all, each JSON-ready with the names of its fields that had to be changed for
    that, or why this one cannot be. Raises Undecodable when it is the whole body."""
    kind = kind_of(message)
    if kind == JSON_TYPE:
        value = decode_json.careful(message.body)
    elif kind == PICKLE_TYPE:
        value = read_pickle(message.body)
    else:
        raise Undecodable(DeadReason.CONTENT_TYPE, f"Meadow reads {JSON_TYPE} and {PICKLE_TYPE} only.")
    ready = Readiness()
    return (_made_ready(element, ready) for element in _listed(value))


def _listed(value: Any) -> list[Any]:
    elements = value if type(value) is list else [value]
    if len(elements) > ELEMENTS_MAX:
        raise Undecodable(DeadReason.TOO_LARGE, f"The body has more than {ELEMENTS_MAX} events.")
    return elements


def _made_ready(element: Any, ready: Readiness) -> tuple[Any, tuple[str, ...]] | Undecodable:
    try:
        if type(element) is not dict:
            return ready(element), ()
        made: dict[str, Any] = {}
        repaired: list[str] = []
        for key, value in element.items():
            ready.changed = False
            name = ready.key(key)
            made[name] = ready(value, 1)
            if ready.changed:
                repaired.append(name)
        return made, tuple(repaired)
    except Undecodable as refused:
        return refused
