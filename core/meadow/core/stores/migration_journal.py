"""What ran in a store, as the store itself says it; on a cluster every shard says it."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from meadow.core.store import Store
from meadow.core.stores.layouts import Layout

TABLE = "schema_migrations"
_MAKE = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
    number UInt32,
    name String,
    checksum String,
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
) ENGINE = {{engine}}ReplacingMergeTree ORDER BY (number, checksum)
"""
_SHARDS = "SELECT DISTINCT shard_num FROM system.clusters WHERE cluster = {cluster:String}"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One migration that ran, in the form it had then. name: of letters, digits and _; checksum: hexadecimal."""

    number: int
    name: str
    checksum: str


def make(layout: Layout) -> str:
    """The statement that makes the journal."""
    return _MAKE.format(engine=layout.engine)


async def entries(store: Store, layout: Layout) -> list[Entry]:
    """All, of all shards, by number; one that is there in two forms is there twice."""
    answer = await store.ask(f"SELECT DISTINCT number, name, checksum FROM {_whole(layout)}", {})  # noqa: S608 (checked by Layout)
    return sorted(Entry(*row) for row in answer.rows)


async def note(store: Store, entry: Entry) -> None:
    """Where the store is; `note_everywhere` brings it to the other shards."""
    row = {"number": entry.number, "name": entry.name, "checksum": entry.checksum}
    await store.insert(TABLE, orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


async def note_everywhere(store: Store, layout: Layout) -> None:
    """A shard's writer asks its own shard what ran, also on a shard that is new. Nothing to do on one node."""
    if not layout.cluster:
        return
    sql = f"SELECT DISTINCT _shard_num, number, name, checksum FROM {_whole(layout)}"  # noqa: S608 (checked by Layout)
    noted = {(shard, Entry(*entry)) for shard, *entry in (await store.ask(sql, {})).rows}
    for (shard,) in (await store.ask(_SHARDS, {"cluster": layout.cluster})).rows:
        for entry in sorted({entry for _, entry in noted}):
            if (shard, entry) not in noted:
                await store.command(_note_on(shard, entry, layout))


def _note_on(shard: int, entry: Entry, layout: Layout) -> str:
    values = f"({entry.number}, '{entry.name}', '{entry.checksum}')"  # of a migration this Meadow has: it was compared
    columns = f"(number, name, checksum) SETTINGS insert_shard_id = {shard}"
    return f"INSERT INTO {_whole(layout)} {columns} VALUES {values}"  # noqa: S608


def _whole(layout: Layout) -> str:
    return f"{layout.readers_database}.{TABLE}" if layout.cluster else TABLE
