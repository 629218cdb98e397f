"""The search text `q`: words and quoted phrases, and the clauses that find them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PHRASES_MAX = 8
Clause = tuple[str, dict[str, Any]]  # "" when it can match nothing
TOKENS_MAX = 16  # of one phrase; the rest of it is found by the phrase itself
_PARTS = re.compile(r'"([^"]*)"?|(\S+)')
_TOKEN = re.compile(
    r"[0-9A-Za-z\x80-\U0010ffff]+"
)  # what ClickHouse's tokenbf_v1 takes for one: all else in ASCII divides
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")  # its lower() knows ASCII only
_TEXT = "lower(concat(args, ' ', kwargs, ' ', exception))"  # the expression of the index ix_words, to the letter


@dataclass(frozen=True, slots=True)
class Search:
    """What `q` came to. phrases: in lower case, all must match. prefix: the beginning of a task id, or "".

    names, ids  what the store knows that match a phrase, or begin so; None when that took too long, and then every row
                is compared.
    """

    phrases: Sequence[str]
    prefix: str
    names: Sequence[str] | None = None
    ids: Sequence[str] | None = None


def phrases(text: str) -> list[str]:
    """Words, and "quoted phrases", in lower case. Raises ValueError for more than PHRASES_MAX."""
    found = [(quoted or word).translate(_LOWER) for quoted, word in _PARTS.findall(text)]
    kept = list(dict.fromkeys(phrase for phrase in found if phrase.strip()))
    if len(kept) > PHRASES_MAX:
        raise ValueError(f"at most {PHRASES_MAX} words or phrases")
    return kept


def clauses(search: Search, *, payload: bool) -> tuple[str, dict[str, Any]]:
    """All phrases must match: a part of the name, or in args, kwargs and exception a phrase of whole words; or the id.

    Without `payload` only the name and the exception's type are looked at, or a search would tell what is hidden.
    Whole words, because the index knows nothing smaller; a phrase no name holds is left to the index alone.
    """
    text: str = ""
    values: dict[str, Any] = {}
    for at, phrase in enumerate(search.phrases):
        ways = [
            _in_name(at, phrase, search.names),
            _in_text(at, phrase) if payload else _in_type(at, phrase),
            _in_id(search.prefix, search.ids),
        ]
        text += f"\n    AND ({' OR '.join(clause for clause, _ in ways if clause)})"
        for _, more in ways:
            values.update(more)
    return text, values


def _in_name(at: int, phrase: str, names: Sequence[str] | None) -> Clause:
    if names is None:
        return f"position(lower(toString(name)), {{phrase_{at}:String}}) > 0", {f"phrase_{at}": phrase}
    matching = [name for name in names if phrase in name.translate(_LOWER)]
    return (f"name IN {{names_{at}:Array(String)}}", {f"names_{at}": matching}) if matching else ("", {})


def _in_id(prefix: str, ids: Sequence[str] | None) -> Clause:
    if not prefix or ids == []:
        return "", {}
    if ids is None:
        return "startsWith(task_id, {prefix:String})", {"prefix": prefix}
    return "task_id IN {ids:Array(String)}", {"ids": list(ids)}


def _in_text(at: int, phrase: str) -> Clause:
    values: dict[str, Any] = {f"phrase_{at}": phrase}
    parts = []
    for number, token in enumerate(dict.fromkeys(_TOKEN.findall(phrase)[:TOKENS_MAX])):
        values[f"token_{at}_{number}"] = token
        parts.append(f"hasToken({_TEXT}, {{token_{at}_{number}:String}})")
    parts.append(f"position({_TEXT}, {{phrase_{at}:String}}) > 0")
    return f"({' AND '.join(parts)})", values


def _in_type(at: int, phrase: str) -> Clause:
    return f"position(lower(exception_type), {{phrase_{at}:String}}) > 0", {f"phrase_{at}": phrase}


def id_prefix(wanted: Sequence[str], text: str) -> str:
    """The search as the beginning of a task id: one word, as it was written, of at least 3 characters; else ""."""
    return text.strip() if len(wanted) == 1 and len(text.strip()) >= 3 and not re.search(r'[\s"]', text.strip()) else ""
