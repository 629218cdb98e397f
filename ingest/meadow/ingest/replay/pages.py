"""Reads a table of the store from old to new, hour by hour and page by page, in the order of its key, with one thread."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from meadow.core.store import Store
from meadow.ingest.replay.lane import LIMITS, Reach

# Read now: a package that is upgraded in place must not change the questions of a process that runs.
_SQL = {file.name: file.read_text() for file in files("meadow.ingest.replay").joinpath("sql").iterdir()}
HOUR_S = 3_600
Reading = Mapping[str, Any]  # parameters of a question
Row = Mapping[str, Any]


def sql(name: str) -> str:
    """The text of one of the replay's questions."""
    return _SQL[f"{name}.sql"]


@dataclass(frozen=True, slots=True)
class Hour:
    """Rows of one cluster in one hour. since_s: its beginning, a whole hour of UTC; rows: as counted at the start."""

    since_s: int
    tenant: int
    cluster: int
    rows: int

    @property
    def scope(self) -> tuple[int, int]:
        """Tenant and cluster."""
        return self.tenant, self.cluster

    def within(self, reach: Reach) -> Reading:
        """What a page's question takes besides its place: of this hour what is in reach."""
        since_us, until_us = (
            int(max(self.since_s, reach.since_s) * 1e6),
            int(min(self.since_s + HOUR_S, reach.until_s) * 1e6),
        )
        return {"tenant": self.tenant, "cluster": self.cluster, "since_us": since_us, "until_us": until_us}


async def plan(store: Store, name: str, reach: Reach, more: Reading | None = None) -> Sequence[Hour]:
    """All hours in which a table has rows, the oldest first. name: of the question that counts them."""
    answer = await store.ask(sql(name), {**reach.bound(), **(more or {})}, LIMITS)
    return [Hour(*row) for row in answer.rows]


@dataclass(frozen=True, slots=True)
class Pages:
    """One table, each row at least once, and none much more often. A page ends between two keys, so that strictly behind its
    last key lies all that is left; one that would be of one key alone, and so is cut in its middle, is read by a finer order.

    columns     name of the file that says what is read.
    page, ties  of the conditions and the order: by the key of the table alone, so that the engine reads no further than the
                page goes; and among rows of one key, which are few, by what else they differ in.
    key, tie    what the two take for the first page. A page's last row, under the same names, leads to the next.
    limit       rows of a page, at most.
    """

    store: Store
    columns: str
    page: str
    ties: str
    key: Reading
    tie: Reading
    limit: int

    async def of(self, reading: Reading) -> AsyncIterator[Sequence[Row]]:
        """The rows of an hour, by pages."""
        after = self.key
        while True:
            rows = await self._ask(self.page, {**reading, **after})
            ended = len(rows) < self.limit
            whole = rows if ended else [row for row in rows if self._key(row) != self._key(rows[-1])]
            if whole:
                yield whole
            if ended:
                return
            if not whole:
                async for ties in self._ties({**reading, **self._key(rows[-1])}):
                    yield ties
            after = self._key((whole or rows)[-1])

    async def _ties(self, reading: Reading) -> AsyncIterator[Sequence[Row]]:
        after = self.tie
        while rows := await self._ask(self.ties, {**reading, **after}):
            yield rows
            after = {name: rows[-1][name] for name in self.tie}

    async def _ask(self, name: str, parameters: Reading) -> Sequence[Row]:
        text = sql(self.columns) + sql(name)
        return (await self.store.ask(text, {**parameters, "limit": self.limit}, LIMITS)).dicts()

    def _key(self, row: Row) -> Reading:
        return {name: row[name] for name in self.key}
