"""A question as it goes to the engine: one SELECT, its values bound, its limits inside, a mark to kill it by."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from meadow.core.errors import StoreRefused
from meadow.core.statements import split, words
from meadow.core.store import Limits

_PLACEHOLDER = re.compile(r"\{(\w+):")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Question:
    """sql: with the mark in front, so that `query LIKE 'mark%'` finds it in system.processes, and limits behind."""

    mark: str
    sql: str
    parameters: Mapping[str, Any]


def question(sql: str, parameters: Mapping[str, Any], limits: Limits) -> Question:
    """Raises StoreRefused for what is not exactly one SELECT, or when placeholders and parameters do not match."""
    statement = _one_select(sql)
    if (wanted := set(_PLACEHOLDER.findall(statement))) != set(parameters):
        odd = ", ".join(sorted(wanted ^ set(parameters)))
        raise StoreRefused(f"Each placeholder needs a parameter, and each parameter a placeholder: {odd}.")
    mark = f"/* meadow {uuid.uuid4().hex} */"
    bound = {name: _bindable(value) for name, value in parameters.items()}
    return Question(mark, f"{mark} {statement}\nSETTINGS {_settings(limits)}", bound)


def identifier(name: str) -> str:
    """The name of a table or a column as it may stand in SQL. Raises StoreRefused for anything but [a-z_][a-z0-9_]*."""
    if not _NAME.fullmatch(name):
        raise StoreRefused("A table or column is named in lower case, digits and _, at most 64 of them.")
    return name


def _one_select(sql: str) -> str:
    statements = split(sql)
    if len(statements) != 1:
        raise StoreRefused("A question is exactly one statement.")
    said = words(statements[0])
    if said[:1] not in (["SELECT"], ["WITH"]) or ("INTO", "OUTFILE") in pairwise(said):
        raise StoreRefused("A question is a SELECT, and answers to its caller only.")
    return statements[0]


def _settings(limits: Limits) -> str:
    wanted = {
        "max_execution_time": f"{limits.deadline_s:.3f}",
        "max_rows_to_read": limits.rows_read_max,
        "max_result_rows": limits.rows_answered_max,
        "max_result_bytes": limits.memory_bytes_max,
        "max_memory_usage": limits.memory_bytes_max,
    }
    return ", ".join(f"{name} = {value}" for name, value in wanted.items())


def _bindable(value: Any) -> Any:
    """clickhouse-connect 1.12 cuts a datetime to the second; as text it keeps its microseconds."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise StoreRefused("A time is given with its zone.")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, list | tuple | set | frozenset):
        return [_bindable(one) for one in value]
    return value
