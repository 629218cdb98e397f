"""An embedded store that is migrated from its first moment: a copy, for to copy tables takes a tenth of making them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.chdb_config import ChdbSettings
from meadow.core.stores.migrations import migrate


class Original:
    """folder: of the store that is copied; the first who wants one makes it. None: each makes its own, as a child that is
    killed at any moment must.
    """

    folder: Path | None = None


@asynccontextmanager
async def migrated(folder: Path, settings: ChdbSettings | None = None) -> AsyncIterator[ChdbStore]:
    """What a folder has is kept. The store is closed at the end; one at a time in a process."""
    if Original.folder and not folder.exists():
        if not Original.folder.exists():
            async with _opened(Original.folder, settings):
                pass
        shutil.copytree(Original.folder, folder, symlinks=True)
    async with _opened(folder, settings) as store:
        yield store


@asynccontextmanager
async def _opened(folder: Path, settings: ChdbSettings | None) -> AsyncIterator[ChdbStore]:
    store = await ChdbStore.open(folder, settings or ChdbSettings())
    try:
        await migrate(store)
        yield store
    finally:
        await store.close()
