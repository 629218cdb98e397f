"""Makes a worker's answer to one question of an inspection fit to be kept: without arguments or secrets, and not too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from meadow.control.wire import Bounds, Reply
from meadow.core.scrubber import Scrubber
from meadow.core.secret_keys import DEFAULT_KEYS
from meadow.core.secret_patterns import BUILT_IN

KINDS = ("stats", "active", "reserved", "scheduled", "active_queues", "registered", "revoked", "conf")
TASKS = frozenset({"active", "reserved", "scheduled"})
PAYLOAD = frozenset({"args", "kwargs", "argsrepr", "kwargsrepr"})
KEYS = ("private",)  # beside the usual names of secrets: a configuration has no innocent ones
BOUNDS = Bounds(body_bytes=2_500_000, values=60_000)  # a worker remembers 50 000 revoked ids of 36 characters
VALUE_BYTES_MAX = 200_000
ERROR_CHARS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One answer. value: JSON as text, at most VALUE_BYTES_MAX bytes; "" with an error. is_cut: whether some was left out."""

    what: str
    value: str
    is_cut: bool
    error: str


class Shaping:
    """extra_keys: names of secrets beside the usual ones; see SecretKeys."""

    def __init__(self, extra_keys: Sequence[str] = ()) -> None:
        self._scrubber = Scrubber((*DEFAULT_KEYS, *KEYS, *extra_keys), BUILT_IN)

    def __call__(self, what: str, reply: Reply) -> Snapshot:
        """what: one of KINDS."""
        if not reply.ok:
            return Snapshot(what, "", is_cut=False, error=self._error(reply.reply))
        text, is_cut = _fitted(self._clean(what, reply.reply))
        return Snapshot(what, text, is_cut or reply.is_cut, "")

    def _clean(self, what: str, value: Any) -> Any:
        if what == "revoked":
            return value  # ids, which are shown everywhere
        if what in TASKS:
            kept = _without_payload(value)
            return _with_ids(kept, self._scrubber.value(kept))
        clean = self._scrubber.value(value)
        if what == "stats" and isinstance(clean, dict) and isinstance(value.get("total"), dict):
            clean["total"] = _counts(value["total"])
        return clean

    def _error(self, reply: Any) -> str:
        error = reply.get("error") if isinstance(reply, dict) else reply
        return self._scrubber.text(str(error))[:ERROR_CHARS_MAX]


def _without_payload(value: Any) -> Any:
    """At any depth: a scheduled task has its own in `request`."""
    if isinstance(value, list):
        return [_without_payload(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_payload(one) for name, one in value.items() if name not in PAYLOAD}
    return value


def _with_ids(before: Any, clean: Any) -> Any:
    """Ids of tasks as they were: one may look like the number of a card, and is shown everywhere."""
    if isinstance(clean, list):
        return [_with_ids(*pair) for pair in zip(before, clean, strict=True)]
    if not isinstance(clean, dict):
        return clean
    known = {name: before[name] for name in clean if name in before}
    return {name: _with_ids(known[name], one) if name in known else one for name, one in clean.items()} | {
        name: one for name, one in known.items() if name == "id" and isinstance(one, str)
    }


def _counts(total: dict[str, Any]) -> dict[str, int]:
    """By the names of tasks, which are no names of secrets even where they sound so."""
    return {name: count for name, count in total.items() if isinstance(count, int)}


def _fitted(value: Any) -> tuple[str, bool]:
    """JSON within VALUE_BYTES_MAX, and whether items at the end of a list or object were left out for it."""
    text = orjson.dumps(value)
    if len(text) <= VALUE_BYTES_MAX:
        return text.decode(), False
    if isinstance(value, list):
        return orjson.dumps(value[: _fitting(value)]).decode(), True
    members = list(value.items())
    return orjson.dumps(dict(members[: _fitting(members)])).decode(), True


def _fitting(items: list[Any]) -> int:
    """How many of them, from the first."""
    room = VALUE_BYTES_MAX - 2
    for count, item in enumerate(items):
        room -= len(orjson.dumps(item)) + 1
        if room < 0:
            return count
    return len(items)
