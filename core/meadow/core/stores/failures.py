"""What an error of the engine means to the caller: try again, ask for less, or never."""

from __future__ import annotations

import re
from typing import Literal

from meadow.core.errors import BadQuestion, MeadowError, OverBudget, StoreRefused, StoreUnavailable, TooSlow

Doing = Literal["insert", "ask", "command"]

TOO_SLOW = "The question took longer than it may; narrow the time or name a cluster, a task or a worker."
_CODE = re.compile(r"Code: (\d+)\.")
_NAME = re.compile(r"\(([A-Z][A-Z0-9_]{3,})\)")
_ROW = re.compile(r"at row (\d+)")
_COLUMN = re.compile(r"reading the value of key (\w{1,64})")

# Names of ClickHouse 26.9, `src/Common/ErrorCodes.cpp`. What rows can be blamed for:
_ROWS_AT_FAULT = re.compile(
    r"CANNOT_PARSE_\w+|CANNOT_READ_ALL_DATA|CANNOT_CONVERT_TYPE|CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN|INCORRECT_\w+|TYPE_MISMATCH"
    r"|\w+_OUT_OF_BOUND\w*|TOO_LARGE_\w+|SIZES_OF_\w+|UNKNOWN_ELEMENT_OF_ENUM|UNEXPECTED_DATA_AFTER_PARSED_VALUE"
    r"|VIOLATED_CONSTRAINT|DECIMAL_OVERFLOW|ILLEGAL_COLUMN|UNKNOWN_FIELD|BAD_ARGUMENTS|DUPLICATE_COLUMN|SYNTAX_ERROR"
)
_PARAMETER_AT_FAULT = {"BAD_QUERY_PARAMETER", "CANNOT_COMPILE_REGEXP"}
_TOO_SLOW = {"TIMEOUT_EXCEEDED", "TOO_SLOW", "QUERY_WAS_CANCELLED_BY_CLIENT"}
_TOO_MUCH = {
    "TOO_MANY_ROWS": "It reads more rows than one question may; narrow the time or name a cluster, a task or a worker.",
    "TOO_MANY_BYTES": "It reads more bytes than one question may; narrow the time or name a cluster, a task or a worker.",
    "TOO_MANY_ROWS_OR_BYTES": "Its answer has more rows than one question may; narrow it or ask for fewer.",
    "MEMORY_LIMIT_EXCEEDED": "It needs more memory than one question may; narrow the time or group by less.",
    "TOO_MANY_SIMULTANEOUS_QUERIES": "The store answers as many questions at once as it may; ask again.",
}
_PASSES = re.compile(
    r"ABORTED|ALL_\w+_FAILED|ALL_REPLICAS_ARE_STALE|CANNOT_(?:OPEN|READ|WRITE|SEEK|FSYNC|ALLOCATE|SCHEDULE)\w+|\w*KEEPER\w*"
    r"|DEADLOCK_AVOIDED|MEMORY_LIMIT_EXCEEDED|NETWORK_ERROR|NOT_ENOUGH_SPACE|NO_FREE_CONNECTION|QUERY_WAS_CANCELLED|READONLY"
    r"|REPLICA_\w+|SERVER_OVERLOADED|SOCKET_TIMEOUT|TABLE_IS_READ_ONLY|TIMEOUT_EXCEEDED|TOO_MANY_\w+|UNKNOWN_STATUS_OF_INSERT"
)
_DISK_FULL = ("No space left on device", "(NOT_ENOUGH_SPACE)")


def failure(error: Exception, doing: Doing) -> MeadowError:
    """The typed error for an engine's, whether it came by chDB or by HTTP.

    The text of an insert's error holds pieces of the rows, so it is never passed on: only the error's name, and where known
    `row` (from 1, in the batch) and `column`. Nor is a question's, which may hold a parameter. A command's is, in part.
    """
    text = str(error)
    code, name = _code(text), _name(text)
    what = f"{name}, code {code}" if code else type(error).__name__
    if any(sign in text for sign in _DISK_FULL):
        return StoreUnavailable(
            "The disk of the store is full; free some space or keep events for fewer days.", disk_full=True
        )
    if doing == "insert":
        return _insert_failure(text, name, what)
    if doing == "ask" and (limit := _limit(text, name, what)):
        return limit
    if not code or _PASSES.fullmatch(name):
        return StoreUnavailable(f"The store cannot do this now ({what}).")
    said = f": {text[:600]}" if doing == "command" else "."
    return StoreRefused(f"The store refuses the statement ({what}){said}")


def _limit(text: str, name: str, what: str) -> MeadowError | None:
    if name in _TOO_SLOW:
        return TooSlow(TOO_SLOW)
    if name in _TOO_MUCH:
        return OverBudget(_TOO_MUCH[name], retry_after_s=5)
    if name in _PARAMETER_AT_FAULT or "for query parameter" in text:
        return BadQuestion(f"A value of the question cannot be read as what it must be ({what}).")
    return None


def _insert_failure(text: str, name: str, what: str) -> MeadowError:
    if "for single INSERT block" in text:
        return StoreRefused(f"The rows are of too many days for one insert ({what}); insert them in parts.")
    if not _ROWS_AT_FAULT.fullmatch(name):
        return StoreUnavailable(f"The store did not take the rows ({what}); they can be inserted again.")
    row, column = _ROW.search(text), _COLUMN.search(text)
    place = {"row": int(row[1])} if row else {}
    named = {"column": column[1]} if column else {}
    where = "".join(f", {key} {value}" for key, value in {**place, **named}.items())
    return StoreRefused(f"The store refuses the rows ({what}{where}).", **place, **named)


def _code(text: str) -> int:
    found = _CODE.search(text)
    return int(found[1]) if found else 0


def _name(text: str) -> str:
    """The engine puts its error's name last, before its version."""
    found = _NAME.findall(text.partition(" (version ")[0])
    return str(found[-1]) if found else ""
