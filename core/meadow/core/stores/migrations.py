"""Brings a store's tables to what this version of Meadow needs: numbered SQL files, each run once, in order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import orjson

from meadow.core.errors import BadSettings, StoreRefused
from meadow.core.statements import split
from meadow.core.store import Store

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")
_JOURNAL = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number UInt32,
    name String,
    checksum String,
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
) ENGINE = {engine}ReplacingMergeTree ORDER BY (number, checksum)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. statements: without comments, `{engine}` not yet replaced. The checksum is theirs: comments may be mended."""

    number: int
    name: str
    statements: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.number:04}_{self.name}"

    @property
    def checksum(self) -> str:
        return hashlib.sha256(";\n".join(self.statements).encode()).hexdigest()

    def rendered(self, engine: str) -> tuple[str, ...]:
        """engine: "" for one node, "Replicated" on a cluster."""
        return tuple(statement.replace("{engine}", engine) for statement in self.statements)


def migrations() -> tuple[Migration, ...]:
    """All of this version, by number."""
    found = []
    for file in files("meadow.core").joinpath("schema").iterdir():
        if named := _FILE.fullmatch(file.name):
            found.append(Migration(int(named[1]), named[2], split(file.read_text())))
    return tuple(sorted(found, key=lambda one: one.number))


async def migrate(store: Store, *, engine: str = "", known: Sequence[Migration] | None = None) -> list[str]:
    """Runs what has not run yet; answers the names of what it ran. Every statement may run twice, so a run that was cut
    short is repeated, and two runs at once do no harm.

    Raises BadSettings, before anything is changed, when a migration that ran has changed since, or the store has one that
    this version does not know.
    """
    known = migrations() if known is None else known
    await store.command(_JOURNAL.replace("{engine}", engine))
    ran = await _ran(store)
    _must_fit(known, ran)
    names = []
    for migration in known:
        if migration.number not in ran:
            await _run(store, migration, engine)
            names.append(migration.label)
    return names


async def _ran(store: Store) -> dict[int, tuple[str, str]]:
    answer = await store.ask("SELECT number, name, checksum FROM schema_migrations FINAL ORDER BY number", {})
    return {number: (name, checksum) for number, name, checksum in answer.rows}


def _must_fit(known: Sequence[Migration], ran: dict[int, tuple[str, str]]) -> None:
    mine = {one.number: one for one in known}
    for number, (name, checksum) in ran.items():
        if number not in mine:
            raise BadSettings(
                f"The store was migrated by a newer Meadow ({number:04}_{name}); start one at least as new."
            )
        if mine[number].checksum != checksum:
            raise BadSettings(
                f"Migration {number:04}_{name} ran in another form than this Meadow has; a migration that ran must not change."
            )


async def _run(store: Store, migration: Migration, engine: str) -> None:
    for statement in migration.rendered(engine):
        try:
            await store.command(statement)
        except StoreRefused as refused:
            raise StoreRefused(f"Migration {migration.label} cannot run. {refused}") from refused
    row = {"number": migration.number, "name": migration.name, "checksum": migration.checksum}
    await store.insert("schema_migrations", orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
