"""Rows of `tasks` that say less than their events, under versions that win: what an audit or a replay has to mend."""

from __future__ import annotations

import orjson

from meadow.core.store import Store
from meadow.ingest.folding.fold_rows import COLUMNS, DELETED, RANK, RECEIVED, SEEN, STARTED, VERSION, Row
from meadow.ingest.folding.shelf import StoreShelf
from tests.ingest.histories import Histories

DAMAGED = 3


async def damage(store: Store, histories: Histories) -> None:
    """Of the first tasks of tenant 1, cluster 1: a row made poorer, one with a kind of event unseen, one gone altogether."""
    tasks = [name[2] for name in histories if name[:2] == (1, 1)][:DAMAGED]
    poorer, unseeing, gone = [await newest(store, task) for task in tasks]
    poorer[RANK], poorer[STARTED], poorer[RECEIVED] = 1 << 56 | 1, 0.0, 0
    unseeing[SEEN] = 1
    gone[DELETED] = 1
    for row in (poorer, unseeing, gone):
        row[VERSION] += 1_000
        await store.insert("tasks", orjson.dumps(list(row)), columns=COLUMNS, form="JSONCompactEachRow")


async def newest(store: Store, task: str) -> Row:
    """The row of a task of tenant 1, cluster 1, that wins."""
    return max(await StoreShelf(store).look_up(1, 1, [task]), key=lambda row: int(row[VERSION]))
