"""Rebuilds tasks from `events`: each is folded again from what is stored of it, and brought in where its row knows less."""

from __future__ import annotations

from dataclasses import dataclass

from meadow.core.store import Store
from meadow.ingest.replay.lane import Lane, Reach
from meadow.ingest.replay.mending import Mending
from meadow.ingest.replay.naming import Naming
from meadow.ingest.replay.pages import Pages, plan

KEY = {"slot": 0, "task": "", "at_us": 0}
TIE = {"kind": "", "host": "", "pid": 0, "clock": 0}


@dataclass(frozen=True, slots=True)
class FromEvents:
    """One pass over the events in the order of their key: hour by hour, and in ten minutes of an hour task by task, so
    most tasks are folded whole, and those that last longer in parts. Memory: a page, and `tasks_max` states."""

    store: Store
    lane: Lane
    mending: Mending

    async def run(self, reach: Reach) -> None:
        """Names first: a look-up needs them. Raises what the store does, and what `Mending.bring` does."""
        self.lane.report.resume_s = reach.since_s
        await Naming(self.store, self.lane).run(reach)
        pages = Pages(self.store, "event_columns", "event_page", "event_ties", KEY, TIE, self.lane.settings.page_rows)
        hours = await plan(self.store, "event_hours", reach)
        self.lane.report.total = sum(hour.rows for hour in hours)
        rows_done = 0
        for hour in hours:
            self.lane.report.resume_s = max(reach.since_s, hour.since_s)
            async for rows in pages.of(hour.within(reach)):
                await self.mending.fold(hour.scope, rows)
                await self.lane.took(len(rows))
            await self.mending.bring()
            rows_done += hour.rows
            self.lane.reached(rows_done)
        self.lane.report.resume_s = None
