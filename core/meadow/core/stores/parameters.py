"""Makes values fit for binding: of the placeholder's type and in its range, or refused before the engine sees them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from meadow.core.errors import BadQuestion, StoreRefused

_PLACEHOLDER = re.compile(r"\{(\w+):([^}]+)\}")
_INTEGER = re.compile(r"(U?)Int(8|16|32|64|128|256)")


def bound(sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, ready for clickhouse-connect. Raises StoreRefused when placeholders and parameters do not match one
    to one, so that a tenant given and not used is noticed; BadQuestion when a value is not of its placeholder's type.

    ClickHouse 26.9 reads 4294967297 into a UInt32 as 1 without a word, so ranges are checked here.
    clickhouse-connect 1.12 cuts a datetime to the second, so it goes as text.
    """
    placeholders = _PLACEHOLDER.findall(sql)
    if odd := {name for name, _ in placeholders} ^ set(parameters):
        raise StoreRefused(
            f"Each placeholder needs a parameter, and each parameter a placeholder: {', '.join(sorted(odd))}."
        )
    fitted: dict[str, Any] = {}
    for name, kind in placeholders:
        try:
            fitted[name] = _fitted(parameters[name], kind.strip())
        except (TypeError, ValueError, OverflowError):
            raise BadQuestion(f"{name} cannot be read as {kind}.", field=name, accepts=kind) from None
    return fitted


def _fitted(value: Any, kind: str) -> Any:
    outer, _, inner = kind.partition("(")
    inner = inner[:-1].strip()
    if outer in ("Nullable", "LowCardinality"):
        return None if value is None else _fitted(value, inner)
    if outer == "Array":
        return [_fitted(one, inner) for one in _many(value)]
    if outer == "Tuple":
        return tuple(_fitted(one, part) for one, part in zip(_many(value), _parts(inner), strict=True))
    if integer := _INTEGER.fullmatch(kind):
        return _in_range(value, signed=not integer[1], bits=int(integer[2]))
    if isinstance(value, datetime):
        return _time(value, whole_seconds=outer == "DateTime")
    if isinstance(value, str):
        value.encode()  # a lone surrogate is no text
    elif value is None:
        raise TypeError
    return value


def _many(value: Any) -> Any:
    if not isinstance(value, list | tuple | set | frozenset):
        raise TypeError
    return value


def _parts(inner: str) -> list[str]:
    """`UInt32, DateTime64(3, 'UTC')` → its two types."""
    return [part.strip() for part in re.split(r",(?![^()]*\))", inner)]


def _in_range(value: Any, *, signed: bool, bits: int) -> int:
    if not isinstance(value, int):
        raise TypeError
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    if not low <= value <= high:
        raise OverflowError
    return int(value)


def _time(value: datetime, *, whole_seconds: bool) -> str:
    if value.tzinfo is None:
        raise ValueError
    utc = value.astimezone(UTC).replace(tzinfo=None)
    return (utc.replace(microsecond=0) if whole_seconds else utc).isoformat(" ")
