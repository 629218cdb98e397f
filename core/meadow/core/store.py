"""The store: where events become answers. ClickHouse, or chDB in this process; the same SQL for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Form = Literal["JSONEachRow", "JSONCompactEachRow"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost. Over `deadline_s` raises TooSlow, over `rows_read_max` OverBudget."""

    deadline_s: float = 5.0
    rows_read_max: int = 200_000_000
    rows_answered_max: int = 100_000
    memory_bytes_max: int = 1_000_000_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Answer:
    """columns in the order of the SELECT; rows as tuples. Times are aware datetimes in UTC."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """Each row under its column names."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Store(Protocol):
    """An adapter. Methods may be called by many tasks at once; one insert runs at a time in the embedded store.

    Values reach SQL only as bound parameters, `{name:Type}`; never by formatting.
    """

    async def insert(self, table: str, rows: bytes, *, columns: Sequence[str] = (), form: Form = "JSONEachRow") -> None:
        """Returns when durable. Inserting the same bytes again may store them twice: callers must stand that.

        Raises StoreUnavailable (try again), StoreRefused (these rows will never do).
        """

    async def ask(self, sql: str, parameters: Mapping[str, Any], limits: Limits = DEFAULT_LIMITS) -> Answer:
        """One SELECT. Cancelling the awaiting task kills the query. Raises TooSlow, OverBudget, StoreUnavailable."""

    async def ask_bytes(
        self, sql: str, parameters: Mapping[str, Any], form: str, limits: Limits = DEFAULT_LIMITS
    ) -> bytes:
        """One SELECT as the engine's own bytes of a format (RowBinary, Parquet, …)."""

    async def command(self, sql: str) -> None:
        """One statement of a migration or of retention; never with a value from outside."""

    async def close(self) -> None: ...
