"""`meadow replay` in the folder of a Meadow that does not run: mends it, refuses one that runs, may be stopped or killed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from meadow.core.blocks import Table, blocks_of
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.migrations import migrate
from meadow.deploy.main import main
from tests.ingest.running import NOW, caught_up, writing

TASKS = 40


async def folder_with(path: Path, *statements: str) -> Path:
    """As `meadow all` leaves it, and then what the statements do to it."""
    log, store = await EmbeddedLog.open(path / "log"), await ChdbStore.open(path / "store")
    head = {"tenant_id": 1, "cluster_id": 1, "type": "task-started", "hostname": "w", "pid": 1, "clock": 1}
    events = [{**head, "task_id": f"t{n}", "at": NOW + n, "received_at": NOW} for n in range(TASKS)]
    try:
        await migrate(store)
        async with writing(log, store) as writer:
            await log.append(blocks_of(Table.EVENTS, 1, 1, events, log.partitions))
            await caught_up(writer)
        for statement in statements:
            await store.command(statement)
    finally:
        await store.close()
        await log.close()
    return path


def meadow(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("meadow")), "replay", *arguments]


def replayed(*arguments: str) -> str:
    """What it printed at its end."""
    done = subprocess.run(meadow(*arguments), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_what_was_lost_is_there_again(tmp_path: Path) -> None:
    """Tasks from the events; a second time there is nothing to do."""
    path = await folder_with(tmp_path, "TRUNCATE TABLE tasks")
    assert f"tasks mended: {TASKS}" in replayed("events", "--data-dir", str(path), "--from", "now-1d")
    assert "mended" not in replayed("events", "--data-dir", str(path))
    assert "rows read: 0 of 0" in replayed("dead-letters", "--data-dir", str(path))


async def test_a_meadow_that_runs_is_not_touched(tmp_path: Path) -> None:
    log = await EmbeddedLog.open(tmp_path / "log")
    try:
        done = subprocess.run(
            meadow("events", "--data-dir", str(tmp_path)), capture_output=True, text=True, timeout=120, check=False
        )
    finally:
        await log.close()
    assert done.returncode == 2
    assert "in use by process" in done.stderr
    assert "Traceback" not in done.stderr


async def test_asked_to_stop_it_says_where_to_go_on(tmp_path: Path) -> None:
    path = await folder_with(tmp_path)
    slowly = meadow("events", "--data-dir", str(path), "--rows-per-second", "1")
    with subprocess.Popen(slowly, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "replayed" in line:
                break
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Go on with: --from " in said


async def test_killed_at_any_moment_it_comes_to_the_same_when_it_runs_again(tmp_path: Path) -> None:
    """Kill -9 three times while it mends; what is there at the end is what one whole run leaves."""
    path = await folder_with(tmp_path, "TRUNCATE TABLE tasks", "TRUNCATE TABLE task_ids")
    dice = random.Random(3)
    for _ in range(3):
        killed(path, dice.uniform(0, 0.6))
    replayed("events", "--data-dir", str(path))
    assert await tasks_of(path) == (TASKS, TASKS, TASKS)
    assert "mended" not in replayed("events", "--data-dir", str(path))


def killed(path: Path, moment_s: float) -> None:
    """A replay that has begun, killed so long after."""
    slowly = meadow("events", "--data-dir", str(path), "--rows-per-second", "100")
    with subprocess.Popen(slowly, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()
        time.sleep(moment_s)  # the moment is the case under test, not something waited for
        process.kill()


async def tasks_of(path: Path) -> tuple[int, ...]:
    """Live rows, tasks, and tasks that can be found by their id."""
    store = await ChdbStore.open(path / "store")
    try:
        sql = (
            "SELECT count(), uniqExact(task_id), (SELECT uniqExact(task_id) FROM task_ids) "
            "FROM tasks FINAL WHERE NOT is_deleted"
        )
        return (await store.ask(sql, {})).rows[0]
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("events", "--from", "yesterday"), "--from takes a time"),
        (("events", "--from", "now", "--to", "now-1h"), "--from must be before --to"),
        (("events", "--cluster", "shop"), "--cluster needs --tenant"),
        (("events", "--tenant", "Not A Name"), "is no name"),
        (("log", "--data-dir", "/nowhere/at/all"), "There is no folder"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(arguments: tuple[str, ...], word: str) -> None:
    said: Result = CliRunner().invoke(main, ["replay", *arguments])
    assert said.exit_code == 2
    assert word in said.output
