"""Reads a table of the store from old to new, hour by hour and page by page, in the order of its key, with one thread."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from meadow.core.store import Store
from meadow.ingest.replay.lane import LIMITS, Lane, Reach

# Read now: a package that is upgraded in place must not change the questions of a process that runs.
_SQL = {file.name: file.read_text() for file in files("meadow.ingest.replay").joinpath("sql").iterdir()}
HOUR_S = 3_600


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


@dataclass(frozen=True, slots=True)
class Pages:
    """One table.

    hours, page  names of its two questions.
    start        what the page's question takes for its first page.
    more         what both take besides.
    rows         of a page, at most; 0 is as the settings say.
    """

    store: Store
    lane: Lane
    hours: str
    page: str
    start: Mapping[str, Any]
    more: Mapping[str, Any] = field(default_factory=dict)
    rows: int = 0

    async def plan(self, reach: Reach) -> Sequence[Hour]:
        """All hours with rows, the oldest first."""
        answer = await self.store.ask(sql(self.hours), {**reach.bound(), **self.more}, LIMITS)
        return [Hour(*row) for row in answer.rows]

    async def of(self, hour: Hour, reach: Reach) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """The rows of an hour that are in reach, by pages. A page's last row, under the names of `start`, leads to the next."""
        since_us = int(max(hour.since_s, reach.since_s) * 1e6)
        until_us = int(min(hour.since_s + HOUR_S, reach.until_s) * 1e6)
        fixed = {
            "tenant": hour.tenant,
            "cluster": hour.cluster,
            "since_us": since_us,
            "until_us": until_us,
            **self.more,
        }
        limit = min(self.rows or self.lane.settings.page_rows, self.lane.settings.page_rows)
        after = self.start
        while True:
            rows = (await self.store.ask(sql(self.page), {**fixed, **after, "limit": limit}, LIMITS)).dicts()
            if rows:
                yield rows
            if len(rows) < limit:
                return
            after = {name: rows[-1][name] for name in self.start}
