"""A question as it goes to the engine: one SELECT, its values bound, its limits inside, a mark to kill it by."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from meadow.core.errors import BadQuestion, StoreRefused
from meadow.core.statements import split, words
from meadow.core.store import Limits
from meadow.core.stores.parameters import bound

_FORMAT = re.compile(r"[A-Za-z][A-Za-z0-9]{0,40}")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Question:
    """sql: with limits behind, and the mark as `log_comment`: chDB 4.4 prints a question with parameters anew, so its text in
    system.processes has lost every comment, but not its settings."""

    mark: str
    sql: str
    parameters: Mapping[str, Any]


def question(sql: str, parameters: Mapping[str, Any], limits: Limits) -> Question:
    """Raises StoreRefused for what is not exactly one SELECT, and what `bound` says."""
    statement = _one_select(sql)
    mark = uuid.uuid4().hex
    settings = f"{_settings(limits)}, log_comment = '{mark}'"
    return Question(mark, f"{statement}\nSETTINGS {settings}", bound(statement, parameters))


def identifier(name: str) -> str:
    """The name of a table or a column as it may stand in SQL. Raises StoreRefused for anything but [a-z_][a-z0-9_]*."""
    if not _NAME.fullmatch(name):
        raise StoreRefused("A table or column is named in lower case, digits and _, at most 64 of them.")
    return name


def format_name(name: str) -> str:
    """The name of one of the engine's formats as it may stand in SQL. Raises BadQuestion for what cannot be one."""
    if not _FORMAT.fullmatch(name):
        raise BadQuestion(
            "A format is named in letters and digits.", field="format", accepts="CSV, Parquet, RowBinary, …"
        )
    return name


@lru_cache(512)
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
        "max_execution_time": f"{max(limits.deadline_s, 0.001):.3f}",  # 0 is no limit, here and below
        "max_rows_to_read": max(limits.rows_read_max, 1),
        "max_result_rows": max(limits.rows_answered_max, 1),
        "max_result_bytes": max(limits.memory_bytes_max, 1),
        "max_memory_usage": max(limits.memory_bytes_max, 1),
    }
    return ", ".join(f"{name} = {value}" for name, value in wanted.items())
