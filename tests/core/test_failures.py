"""An error of the engine tells the caller whether to try again, ask for less, or never; and repeats no row and no value."""

from __future__ import annotations

import pytest

from meadow.core.errors import BadQuestion, MeadowError, OverBudget, StoreRefused, StoreUnavailable, TooSlow
from meadow.core.stores.failures import Doing, failure

SECRET = "hunter2"
CASES: list[tuple[Doing, int, str, type[MeadowError]]] = [
    ("insert", 27, "CANNOT_PARSE_INPUT_ASSERTION_FAILED", StoreRefused),
    ("insert", 117, "INCORRECT_DATA", StoreRefused),
    ("insert", 469, "VIOLATED_CONSTRAINT", StoreRefused),
    ("insert", 60, "UNKNOWN_TABLE", StoreUnavailable),
    ("insert", 241, "MEMORY_LIMIT_EXCEEDED", StoreUnavailable),
    ("insert", 252, "TOO_MANY_PARTS", StoreUnavailable),
    ("insert", 242, "TABLE_IS_READ_ONLY", StoreUnavailable),
    ("insert", 319, "UNKNOWN_STATUS_OF_INSERT", StoreUnavailable),
    ("insert", 999, "KEEPER_EXCEPTION", StoreUnavailable),
    ("insert", 159, "TIMEOUT_EXCEEDED", StoreUnavailable),
    ("insert", 49, "LOGICAL_ERROR", StoreUnavailable),
    ("ask", 159, "TIMEOUT_EXCEEDED", TooSlow),
    ("ask", 158, "TOO_MANY_ROWS", OverBudget),
    ("ask", 396, "TOO_MANY_ROWS_OR_BYTES", OverBudget),
    ("ask", 241, "MEMORY_LIMIT_EXCEEDED", OverBudget),
    ("ask", 202, "TOO_MANY_SIMULTANEOUS_QUERIES", OverBudget),
    ("ask", 457, "BAD_QUERY_PARAMETER", BadQuestion),
    ("ask", 394, "QUERY_WAS_CANCELLED", StoreUnavailable),
    ("ask", 210, "NETWORK_ERROR", StoreUnavailable),
    ("ask", 47, "UNKNOWN_IDENTIFIER", StoreRefused),
    ("ask", 497, "ACCESS_DENIED", StoreRefused),
    ("command", 36, "BAD_ARGUMENTS", StoreRefused),
    ("command", 225, "NO_ZOOKEEPER", StoreUnavailable),
    ("command", 999, "KEEPER_EXCEPTION", StoreUnavailable),
]


@pytest.mark.parametrize(("doing", "code", "name", "expected"), CASES)
def test_each_name_has_its_meaning(doing: Doing, code: int, name: str, expected: type[MeadowError]) -> None:
    text = f"Code: {code}. DB::Exception: (NOT_ITS_NAME) '{SECRET}': (at row 3). ({name}) (version 26.9.2.1 (official))"
    told = failure(RuntimeError(text), doing)
    assert type(told) is expected
    if doing != "command":
        assert SECRET not in f"{told} {told.extra}"


def test_a_full_disk_is_told_apart_whatever_was_done() -> None:
    for text in (
        "Code: 243. Cannot reserve 1.00 MiB. (NOT_ENOUGH_SPACE)",
        "Code: 75. errno: 28, No space left on device",
    ):
        told = failure(RuntimeError(text), "insert")
        assert (type(told), told.extra) == (StoreUnavailable, {"disk_full": True})


def test_too_many_days_in_one_insert_never_goes_in() -> None:
    text = "Code: 252. DB::Exception: Too many partitions for single INSERT block (more than 100). (TOO_MANY_PARTS)"
    assert type(failure(RuntimeError(text), "insert")) is StoreRefused


def test_a_lost_connection_passes() -> None:
    for doing in ("insert", "ask", "command"):
        assert type(failure(OSError("connection reset"), doing)) is StoreUnavailable
