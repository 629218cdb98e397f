"""ClickHouse's configuration: well formed, and each user's rights are enough for its service and for nothing else.

The rights are tried on the real engine, in this process: its one user is given those of each service in turn.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from xml.etree import ElementTree

import orjson
import pytest

from meadow.core.blocks import Table, blocks_of
from meadow.core.errors import MeadowError
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.stores import chdb_config, retention
from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.migrations import migrate
from meadow.ingest.writer import Writer
from tests.deploy_files.checkers import DEPLOY
from tests.servers.deadlines import until

FILES = sorted((DEPLOY / "clickhouse").rglob("*.xml"))
USERS = ElementTree.parse(DEPLOY / "clickhouse/server/users.xml").getroot()  # noqa: S314 - our own file
COMPOSE = (DEPLOY / "compose.yaml").read_text()
# The embedded engine's own needs.
ENGINE = ("CREATE DATABASE ON meadow.*", "KILL QUERY ON *.*", "CREATE TEMPORARY TABLE ON *.*", "SELECT ON system.*")
EVENT = {"type": "task-sent", "task_id": "t1", "hostname": "w@a", "at": time.time(), "received_at": time.time()}


def grants(user: str) -> tuple[str, ...]:
    return tuple(one.text or "" for one in USERS.findall(f"users/{user}/grants/query"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_well_formed_and_mounted(path: Path) -> None:
    assert ElementTree.parse(path).getroot().tag == "clickhouse"  # noqa: S314 - our own file
    assert f"./{path.relative_to(DEPLOY)}:" in COMPOSE


def test_what_it_takes_from_the_environment_is_given() -> None:
    taken = {name for path in FILES for name in re.findall(r'from_env="(\w+)"', path.read_text())}
    assert not [name for name in taken if f"      {name}: " not in COMPOSE]


def test_no_user_is_without_a_password_or_may_hand_rights_on() -> None:
    users = list(USERS.find("users") or [])
    assert {user.tag for user in users} == {"meadow_migrate", "meadow_write", "meadow_read"}
    assert all((word := user.find("password")) is not None and word.get("from_env") for user in users)
    assert not [
        user.tag for user in users if "GRANT OPTION" in " ".join(grants(user.tag)) or user.find("access_management")
    ]


@asynccontextmanager
async def opened_as(user: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChdbStore]:
    """A store whose user has the rights of a service."""
    monkeypatch.setattr(chdb_config, "GRANTS", (*grants(user), *(f"GRANT {right}" for right in ENGINE)))
    store = await ChdbStore.open(folder)
    try:
        yield store
    finally:
        await store.close()


async def refused(store: ChdbStore, *statements: str) -> None:
    for statement in statements:
        with pytest.raises(MeadowError, match="ACCESS_DENIED"):
            await store.command(statement)


async def test_rights_are_enough_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened_as("meadow_migrate", tmp_path / "store", monkeypatch) as store:
        await migrate(store)
        await retention.keep(store, retention.RetentionSettings(events_days=7, tasks_days=8, dead_letters_days=9))
        await refused(store, "CREATE USER somebody", "CREATE DATABASE elsewhere", "DROP DATABASE meadow")
    async with opened_as("meadow_write", tmp_path / "store", monkeypatch) as store:
        await writes(store, tmp_path / "log")
        await refused(store, "DROP TABLE events", "ALTER TABLE events DELETE WHERE 1", "TRUNCATE TABLE tasks")
        await refused(store, "CREATE TABLE more (a UInt8) ENGINE = Memory")
    async with opened_as("meadow_read", tmp_path / "store", monkeypatch) as store:
        assert (await store.ask("SELECT task_id, state FROM tasks FINAL", {})).rows == [("t1", "PENDING")]
        for (table,) in (await store.ask("SELECT name FROM system.tables WHERE database = 'meadow'", {})).rows:
            await store.ask(f"SELECT count() FROM {table}", {})  # noqa: S608 - names of our own tables
        await refused(store, "DROP TABLE events", "INSERT INTO events (task_id) VALUES ('x')")
        with pytest.raises(MeadowError):
            await store.insert("events", orjson.dumps(EVENT))


async def writes(store: ChdbStore, folder: Path) -> None:
    """One event and one worker's report, by a real writer."""
    log = await EmbeddedLog.open(folder)
    report = {"hostname": "w@a", "pid": 1, "type": "worker-heartbeat", "at": time.time(), "received_at": time.time()}
    writer = Writer(log, store)
    try:
        await log.append(blocks_of(Table.EVENTS, 1, 1, [EVENT], log.partitions))
        await log.append(blocks_of(Table.WORKERS, 1, 1, [report], log.partitions))
        await writer.start()
        running = asyncio.create_task(writer.run())

        async def stored() -> bool:
            return bool((await store.ask("SELECT 1 FROM tasks, workers", {})).rows)

        await until(stored, "the event's task and the worker's row")
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await writer.stop()
    finally:
        await log.close()
