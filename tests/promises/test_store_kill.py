"""What the embedded store acknowledged is there after kill -9, whole and once; and no rows lie about in files beside it."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from pathlib import Path

from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.chdb_config import ChdbSettings
from tests.promises.store_inserting import BATCH_ROWS, MARK

ROOT = Path(__file__).parents[2]
ROUNDS = 4
WITHIN_S = 60


async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    acknowledged, dice = set[int](), random.Random(6)
    for round_ in range(ROUNDS):
        acknowledged |= await killed_after(tmp_path, first=round_ * 1_000_000, count=dice.randrange(1, 40))
        assert not [path for path in files(tmp_path) if MARK.encode() in path.read_bytes()]
        stored = await batches(tmp_path)
        assert acknowledged <= set(stored)
        assert set(stored.values()) == {BATCH_ROWS}, "a batch of one day is stored whole or not at all, and once"


async def killed_after(folder: Path, first: int, count: int) -> set[int]:
    """Starts the process, kills it as soon as it has acknowledged so many batches, and answers which it had."""
    command = [sys.executable, "-m", "tests.promises.store_inserting", str(folder), str(first)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdout
    try:
        async with asyncio.timeout(WITHIN_S):
            lines = [await asyncio.to_thread(child.stdout.readline) for _ in range(count)]
    finally:
        child.kill()
        rest, _ = child.communicate()
    lines += rest.splitlines(keepends=True)
    return {int(line[2:]) for line in lines if line.endswith(b"\n")}


def files(folder: Path) -> list[Path]:
    """All outside the engine's own tables."""
    return [path for path in folder.rglob("*") if path.is_file() and folder / "data" not in path.parents]


async def batches(folder: Path) -> dict[int, int]:
    """Batch → its rows, after opening again."""
    store = await ChdbStore.open(folder, ChdbSettings(readers=1))
    answer = await store.ask("SELECT pid, count() FROM events GROUP BY pid", {})
    await store.close()
    return dict(answer.rows)
