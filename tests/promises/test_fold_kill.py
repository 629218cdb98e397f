"""kill -9 of the process that holds the log and the writer, at random moments: the rows are those of a run without kills."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from meadow.core.store import Store
from tests.ingest.histories import VISIBLE, Histories
from tests.ingest.running import check_tasks, field_of_tasks, opened, shuffled

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(600)  # ten starts, on a slow machine
KILLS = 8
LIFE_S_MAX = 1.5


def start(folder: Path, events: Path) -> subprocess.Popen[str]:
    """Returns when its writer runs."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.promises.fold_child", str(folder), str(events)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    return child


def ended(child: subprocess.Popen[str]) -> None:
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "done\n"
    assert child.returncode == 0


def killed(folder: Path, events: Path, r: random.Random) -> bool:
    """Answers whether it was still at work."""
    with start(folder, events) as child:
        time.sleep(r.uniform(0, LIFE_S_MAX))  # the moment is the point; nothing is waited for
        at_work = child.poll() is None
        child.kill()
    return at_work


async def checksum(folder: Path, histories: Histories) -> tuple[Any, ...]:
    async with opened(folder) as (_, store):
        await check_tasks(store, histories)
        return await _checksum(store)


async def _checksum(store: Store) -> tuple[Any, ...]:
    columns = ", ".join(
        [*(f"t.{column}" for column in VISIBLE), "t.state", "t.retries", "t.queue_wait_s", "t.fingerprint"]
    )
    sql = f"SELECT count(), sum(cityHash64({columns})) FROM tasks AS t FINAL WHERE is_deleted = 0"  # noqa: S608 # no values
    rows = (await store.ask(sql, {})).rows
    identity = "cityHash64(tenant_id, cluster_id, hostname, pid, clock, at, type, task_id)"
    events = f"SELECT count(), sum(id) FROM (SELECT DISTINCT {identity} AS id FROM events)"  # noqa: S608 # no values
    return (*rows[0], *(await store.ask(events, {})).rows[0])


async def test_kills_at_any_moment_change_nothing(tmp_path: Path) -> None:
    r = random.Random(8)
    histories = field_of_tasks(r, 300)
    stream = shuffled(r, histories)
    events = tmp_path / "events"
    events.write_bytes(b"\n".join(orjson.dumps(stream[at : at + 15]) for at in range(0, len(stream), 15)))
    assert sum(killed(tmp_path / "killed", events, r) for _ in range(KILLS)) >= KILLS // 2
    for folder in ("killed", "clean"):
        ended(start(tmp_path / folder, events))
    assert await checksum(tmp_path / "killed", histories) == await checksum(tmp_path / "clean", histories)
