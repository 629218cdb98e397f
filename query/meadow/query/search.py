"""The search text `q`: words and quoted phrases, and the clauses that find them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PHRASES_MAX = 8
TOKENS_MAX = 16  # of one phrase; the rest of it is found by the phrase itself
_PARTS = re.compile(r'"([^"]*)"?|(\S+)')
_TOKEN = re.compile(r"[0-9A-Za-z\x80-\U0010ffff]+")  # what ClickHouse's tokenbf_v1 takes for one: all else in ASCII divides
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")  # its lower() knows ASCII only
_TEXT = "lower(concat(args, ' ', kwargs, ' ', exception))"  # the expression of the index ix_words, to the letter


@dataclass(frozen=True, slots=True)
class Phrase:
    """text: in lower case, as it must stand. names: task names that hold it."""

    text: str
    names: Sequence[str] = ()


def phrases(text: str) -> list[str]:
    """Words, and "quoted phrases", in lower case. Raises ValueError for more than PHRASES_MAX."""
    found = [(quoted or word).translate(_LOWER) for quoted, word in _PARTS.findall(text)]
    kept = list(dict.fromkeys(phrase for phrase in found if phrase.strip()))
    if len(kept) > PHRASES_MAX:
        raise ValueError(f"at most {PHRASES_MAX} words or phrases")
    return kept


def clauses(wanted: Sequence[Phrase], *, payload: bool) -> tuple[str, dict[str, Any]]:
    """All phrases must match: a part of the name, or in args, kwargs and exception a phrase of whole words.

    Without `payload` only the name and the exception's type are looked at, or a search would tell what is hidden.
    Whole words, because the index knows nothing smaller; a phrase no name holds is left to the index alone.
    """
    text, values = "", {}
    for at, phrase in enumerate(wanted):
        clause, more = _in_text(at, phrase.text) if payload else _in_type(at, phrase.text)
        values.update(more)
        if phrase.names:
            clause = f"name IN {{names_{at}:Array(String)}} OR {clause}"
            values[f"names_{at}"] = list(phrase.names)
        text += f"\n    AND ({clause})"
    return text, values


def _in_text(at: int, phrase: str) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {f"phrase_{at}": phrase}
    parts = []
    for number, token in enumerate(dict.fromkeys(_TOKEN.findall(phrase)[:TOKENS_MAX])):
        values[f"token_{at}_{number}"] = token
        parts.append(f"hasToken({_TEXT}, {{token_{at}_{number}:String}})")
    parts.append(f"position({_TEXT}, {{phrase_{at}:String}}) > 0")
    return f"({' AND '.join(parts)})", values


def _in_type(at: int, phrase: str) -> tuple[str, dict[str, Any]]:
    return f"position(lower(exception_type), {{phrase_{at}:String}}) > 0", {f"phrase_{at}": phrase}


def id_prefix(wanted: Sequence[str], text: str) -> str:
    """The search as the beginning of a task id: one word, as it was written, of at least 3 characters; else ""."""
    return text.strip() if len(wanted) == 1 and len(text.strip()) >= 3 and not re.search(r'[\s"]', text.strip()) else ""
