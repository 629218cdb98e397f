"""The store: where events become answers. ClickHouse, or chDB in this process; the same SQL for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Form = Literal["JSONEachRow", "JSONCompactEachRow"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost. Over `deadline_s`, waiting included, raises TooSlow; over any other, OverBudget.

    All are more than 0. rows_read_max counts what the store reads, rows_answered_max what it answers.
    """

    deadline_s: float = 5.0
    rows_read_max: int = 200_000_000
    rows_answered_max: int = 100_000
    memory_bytes_max: int = 1_000_000_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Answer:
    """columns in the order of the SELECT, perhaps none when there are no rows; rows as tuples. Times are aware datetimes in
    UTC, unless the SELECT names another zone."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """Each row under its column names."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Store(Protocol):
    """An adapter. Methods may be called by many tasks at once; one insert runs at a time in the embedded store.

    Values reach SQL only as bound parameters, `{name:Type}`; never by formatting. Each placeholder needs its parameter and
    each parameter its placeholder. An integer type takes an int in its range, a time type an aware datetime, an epoch
    number or text, Array(…) any list, tuple or set.
    """

    async def insert(self, table: str, rows: bytes, *, columns: Sequence[str] = (), form: Form = "JSONEachRow") -> None:
        """Returns when durable. Inserting the same bytes again may store them twice: callers must stand that.

        table, columns  [a-z_][a-z0-9_]*; columns are needed for JSONCompactEachRow, else those a row has.
        times           epoch seconds, to the microsecond.
        Raises StoreUnavailable (insert the same again; `disk_full` where that is why), also while the table is not there
        yet; StoreRefused (these rows will never do, none of a batch under 1 M rows is stored; `row`, from 1, and `column`
        where known). Neither says what was in the rows. A row older than its table keeps is taken and gone.
        """

    async def ask(self, sql: str, parameters: Mapping[str, Any], limits: Limits = DEFAULT_LIMITS) -> Answer:
        """One SELECT (or WITH … SELECT), without FORMAT. Cancelling the awaiting task kills the query.

        Raises TooSlow, OverBudget, BadQuestion (a value that is not of its type, a regular expression that is none),
        StoreUnavailable, StoreRefused (the SQL is wrong).
        """

    async def ask_bytes(
        self, sql: str, parameters: Mapping[str, Any], form: str, limits: Limits = DEFAULT_LIMITS
    ) -> bytes:
        """One SELECT as the engine's own bytes of a format (RowBinary, Parquet, …), whole in memory. Raises as ask."""

    async def command(self, sql: str) -> None:
        """One statement of a migration or of retention; never with a value from outside. Raises as ask."""

    async def close(self) -> None:
        """Takes nothing more (StoreUnavailable), and lets what runs end, within a bound. May be called twice."""
