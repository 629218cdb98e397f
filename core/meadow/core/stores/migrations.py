"""Brings a store's tables to what this version of Meadow needs: numbered SQL files, each run once, in order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.resources import files

from meadow.core.errors import BadSettings, StoreRefused
from meadow.core.statements import split
from meadow.core.store import Store
from meadow.core.stores import migration_journal as journal
from meadow.core.stores.layouts import SINGLE, Layout, spread
from meadow.core.stores.migration_journal import Entry
from meadow.core.stores.migration_lock import locked

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")


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

    def rendered(self, layout: Layout) -> tuple[str, ...]:
        """What is said to one node, in the layout's database."""
        return tuple(statement.replace("{engine}", layout.engine) for statement in self.statements)


def migrations() -> tuple[Migration, ...]:
    """All of this version, by number."""
    found = []
    for file in files("meadow.core").joinpath("schema").iterdir():
        if named := _FILE.fullmatch(file.name):
            found.append(Migration(int(named[1]), named[2], split(file.read_text())))
    return tuple(sorted(found, key=lambda one: one.number))


async def migrate(store: Store, layout: Layout = SINGLE, *, known: Sequence[Migration] | None = None) -> list[str]:
    """Runs what has not run yet; answers the names of what it ran. Every statement may run twice, so a run that was cut
    short is repeated. On a server one runs at a time; in one process two do no harm.

    layout  its database is the store's own; on a cluster any node will do, for all of them.

    Raises BadSettings, before any table is changed, when a migration that ran has changed since, or the store has one that
    this version does not know; StoreUnavailable when another run does not end.
    """
    known = migrations() if known is None else known
    for statement in layout.databases():
        await store.command(statement)
    async with locked(store) if layout.database else nullcontext():
        await store.command(journal.make(layout))
        await spread(store, layout)  # the journal, too, has a part on every shard
        names = await _run_missing(store, layout, known)
        await spread(store, layout)
        await journal.note_everywhere(store, layout)
    return names


async def _run_missing(store: Store, layout: Layout, known: Sequence[Migration]) -> list[str]:
    ran = await journal.entries(store, layout)
    _must_fit(known, ran)
    done = {entry.number for entry in ran}
    missing = [migration for migration in known if migration.number not in done]
    for migration in missing:
        await _run(store, migration, layout)
    return [migration.label for migration in missing]


def _must_fit(known: Sequence[Migration], ran: Sequence[Entry]) -> None:
    mine = {one.number: one for one in known}
    for entry in ran:
        label = f"{entry.number:04}_{entry.name}"
        if entry.number not in mine:
            raise BadSettings(f"The store was migrated by a newer Meadow ({label}); start one at least as new.")
        if mine[entry.number].checksum != entry.checksum:
            raise BadSettings(
                f"Migration {label} ran in another form than this Meadow has; a migration that ran must not change."
            )


async def _run(store: Store, migration: Migration, layout: Layout) -> None:
    for statement in migration.rendered(layout):
        try:
            await store.command(statement)
        except StoreRefused as refused:
            raise StoreRefused(f"Migration {migration.label} cannot run. {refused}") from refused
    await journal.note(store, Entry(migration.number, migration.name, migration.checksum))
