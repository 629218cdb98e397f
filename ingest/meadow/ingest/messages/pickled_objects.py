"""The few objects a pickle may hold, told by name and made without calling anything of the sender's choice."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Final

from meadow.ingest.counts import DeadReason
from meadow.ingest.messages.decoded import Undecodable

DECIMAL_CHARS_MAX = 1000
UUID_BITS = 128


@dataclass(frozen=True, slots=True)
class Named:
    """A class or function a pickle asked for, that stands for data."""

    kind: str


@dataclass(slots=True)
class Held:
    """A UUID: pickle makes it empty, may refer to it, and fills it afterwards."""

    text: str = ""


NAMES: Final = {
    ("decimal", "Decimal"): "decimal",
    ("uuid", "UUID"): "uuid",
    ("_codecs", "encode"): "encode",
    ("copy_reg", "_reconstructor"): "reconstructor",
    ("copyreg", "_reconstructor"): "reconstructor",
    ("collections", "OrderedDict"): "dict",
    ("datetime", "datetime"): "datetime",
    ("datetime", "date"): "date",
    ("datetime", "time"): "time",
    ("datetime", "timedelta"): "timedelta",
    ("datetime", "timezone"): "timezone",
} | {
    (module, name): kind
    for module in ("__builtin__", "builtins")
    for name, kind in {
        "set": "list",
        "frozenset": "list",
        "bytes": "bytes",
        "bytearray": "bytes",
        "object": "object",
    }.items()
}


def call(function: Any, arguments: Any) -> Any:
    """What pickle's REDUCE or NEWOBJ makes. Raises Undecodable FORBIDDEN_PICKLE for what is not data, and ValueError or its
    like for arguments that do not fit."""
    if type(function) is not Named or type(arguments) is not list or function.kind not in _MAKERS:
        raise Undecodable(DeadReason.FORBIDDEN_PICKLE, "The pickle calls something that is not data.")
    return _MAKERS[function.kind](*arguments)


def build(target: Any, state: Any) -> Any:
    """What pickle's BUILD makes: only a UUID is filled so."""
    if type(target) is not Held or type(state) is not dict:
        raise Undecodable(DeadReason.FORBIDDEN_PICKLE, "The pickle fills an object that is not data.")
    number = state["int"]
    if type(number) is not int or not 0 <= number < 1 << UUID_BITS:
        raise ValueError("a UUID is a number of 128 bits")
    target.text = str(uuid.UUID(int=number))
    return target


def _decimal(text: str) -> str:
    if type(text) is not str or len(text) > DECIMAL_CHARS_MAX:
        raise ValueError("a Decimal is a short text")
    return text


def _uuid() -> Held:
    return Held()


def _reconstructed(kind: Any, base: Any, state: Any) -> Held:
    if (kind, base, state) != (Named("uuid"), Named("object"), None):
        raise Undecodable(DeadReason.FORBIDDEN_PICKLE, "The pickle makes an object that is not data.")
    return Held()


def _bytes(content: Any = b"", encoding: str = "latin-1") -> bytes:
    if type(content) is str and encoding in ("latin1", "latin-1"):
        return content.encode("latin-1")
    if type(content) is not bytes and type(content) is not bytearray:
        raise TypeError("bytes of something else")
    return bytes(content)


def _items(items: Any = ()) -> list[Any]:
    if type(items) is not list and items != ():
        raise TypeError("a set of something else")
    return items if type(items) is list else []


def _empty_dict() -> dict[str, Any]:
    return {}


_MAKERS: Final[dict[str, Callable[..., Any]]] = {
    "decimal": _decimal,
    "uuid": _uuid,
    "encode": _bytes,
    "reconstructor": _reconstructed,
    "dict": _empty_dict,
    "list": _items,
    "bytes": _bytes,
    "datetime": datetime,
    "date": date,
    "time": time,
    "timedelta": timedelta,
    "timezone": timezone,
}


def shown(value: Any) -> str | float | None:
    """One of these objects as JSON can hold it; None for any other."""
    if isinstance(value, Held):
        return value.text
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else None
