"""Where a store's tables are: on one node, or on the shards and replicas of a ClickHouse cluster."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from meadow.core.errors import BadSettings
from meadow.core.store import Store
from meadow.core.stores.questions import identifier

_CLUSTER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_DATABASE = re.compile(r"[a-z_][a-z0-9_]{0,58}")
_TABLES = (
    "SELECT name FROM system.tables WHERE database = {database:String} AND endsWith(engine, 'MergeTree') ORDER BY name"
)
_COLUMNS = """
SELECT table, groupArray(trimRight(concat('`', name, '` ', type, ' ', default_kind, ' ', default_expression))) AS columns
FROM (SELECT * FROM system.columns WHERE database = {database:String} ORDER BY table, position)
GROUP BY table
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """cluster   its name in the servers' `remote_servers`; "" is one node.
    database  of the tables, made where it is missing; "" is the store's own, which is there: the embedded one's.

    On a cluster the database is Replicated: what is said to one node, every node does in the same order, also one that was
    away or is new. Tables are replicated in their shard, and `…_all` has a Distributed table of the same name for each.
    """

    cluster: str = ""
    database: str = ""

    def __post_init__(self) -> None:
        if self.cluster and not _CLUSTER.fullmatch(self.cluster):
            raise BadSettings("A ClickHouse cluster is named in letters, digits, _ and -, at most 64 of them.")
        if self.database and not _DATABASE.fullmatch(self.database):
            raise BadSettings("A database is named in lower case, digits and _, at most 59 of them.")
        if self.cluster and not self.database:
            raise BadSettings("On a ClickHouse cluster the database must be named.")

    @property
    def readers_database(self) -> str:
        """Where a question sees every shard."""
        return of_all_shards(self.database) if self.cluster else self.database

    @property
    def engine(self) -> str:
        """What stands before MergeTree."""
        return "Replicated" if self.cluster else ""

    def databases(self) -> tuple[str, ...]:
        """Statements that make them, to be said outside any."""
        if not self.cluster:
            return (f"CREATE DATABASE IF NOT EXISTS {self.database} ENGINE = Atomic",) if self.database else ()
        return tuple(
            f"CREATE DATABASE IF NOT EXISTS {name} ON CLUSTER `{self.cluster}` "
            f"ENGINE = Replicated('/clickhouse/databases/{name}', '{{shard}}', '{{replica}}')"
            for name in (self.database, self.readers_database)
        )

    def distributed(self, table: str, columns: Sequence[str]) -> str:
        """The statement that makes, or makes anew, what readers see of a table. Only the journal is inserted through it.

        columns  as they stand in a CREATE TABLE. They are all said, because the two databases go their own pace: a node may
                 come to this statement before it has the table.
        """
        name = identifier(table)
        return (
            f"CREATE OR REPLACE TABLE {self.readers_database}.{name} ({', '.join(columns)}) "
            f"ENGINE = Distributed('{self.cluster}', '{self.database}', '{name}')"
        )


SINGLE = Layout()


def of_all_shards(database: str) -> str:
    """The database whose tables span the shards, beside the one that has the tables of one."""
    return f"{database}_all"


async def spread(store: Store, layout: Layout) -> list[str]:
    """Makes every Distributed table that is missing, or has other columns than the table it stands for; answers their names.
    Does nothing on one node."""
    if not layout.cluster:
        return []
    here, there = await _columns(store, layout.database), await _columns(store, layout.readers_database)
    tables = (await store.ask(_TABLES, {"database": layout.database})).rows
    changed = [name for (name,) in tables if here[name] != there.get(name)]
    for name in changed:
        await store.command(layout.distributed(name, here[name]))
    return changed


async def _columns(store: Store, database: str) -> dict[str, list[str]]:
    return dict((await store.ask(_COLUMNS, {"database": database})).rows)
