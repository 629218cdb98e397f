"""Names again in `task_ids` the key of every live row of `tasks`: without it a task is not found by its id."""

from __future__ import annotations

from dataclasses import dataclass, replace

from meadow.core.store import Store
from meadow.ingest.folding.shelf import Name, StoreShelf
from meadow.ingest.folding.shelf import sql as writers_sql
from meadow.ingest.replay.lane import LIMITS, Lane, Reach
from meadow.ingest.replay.pages import Hour, Pages, plan

KEYS_A_ROW = 4  # what is read of a key is short


@dataclass(frozen=True, slots=True)
class Naming:
    """A name is never wrong: one too many costs a look-up, and may be inserted by anyone at any time."""

    store: Store
    lane: Lane

    async def run(self, reach: Reach) -> None:
        """Keys of the reach and of `names_s` around it."""
        around_s = self.lane.settings.names_s
        wide = replace(reach, since_s=max(0.0, reach.since_s - around_s), until_s=reach.until_s + around_s)
        pages = Pages(
            self.store, "key_columns", "key_page", "key_ties", {"ms": 0}, {"task": ""}, self.lane.settings.page_rows
        )
        for hour in await plan(self.store, "key_hours", wide):
            async for rows in pages.of(hour.within(wide)):
                await self._name(hour, [(row["task"], row["ms"]) for row in rows])
                await self.lane.took(len(rows) // KEYS_A_ROW, 0)

    async def _name(self, hour: Hour, keys: list[tuple[str, int]]) -> None:
        asked = {"tenant": hour.tenant, "cluster": hour.cluster, "tasks": [task for task, _ in keys]}
        named = set((await self.store.ask(writers_sql("anchors"), asked, LIMITS)).rows)
        missing = [Name(hour.tenant, task, ms / 1000, hour.cluster) for task, ms in keys if (task, ms) not in named]
        await StoreShelf(self.store).insert_names(missing)
        self.lane.found("names_restored", len(missing))
