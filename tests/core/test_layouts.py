"""What is said to a ClickHouse cluster is SQL that the real engine reads, and nothing that keeps rows is on one node only."""

from __future__ import annotations

import re

import pytest

from meadow.core.errors import BadSettings
from meadow.core.stores.chdb import ChdbStore
from meadow.core.stores.layouts import Layout
from meadow.core.stores.migrations import migrations
from meadow.core.stores.retention import TTL, RetentionSettings

CLUSTER = Layout("meadow", "meadow")
STATEMENTS = [one for migration in migrations() for one in migration.rendered(CLUSTER)]


async def test_every_statement_is_sql(chdb_store: ChdbStore) -> None:
    for statement in (*STATEMENTS, *CLUSTER.databases(), CLUSTER.distributed("events", ["`at` DateTime64(6, 'UTC')"])):
        assert "{engine}" not in statement
        await chdb_store.ask("SELECT formatQuery({sql:String})", {"sql": statement})


def test_every_table_that_keeps_rows_is_replicated() -> None:
    tables = [one for one in STATEMENTS if one.startswith("CREATE TABLE")]
    kept = [one for one in tables if not one.endswith("ENGINE = Null")]
    assert kept
    assert all(re.search(r"\bENGINE = Replicated\w*MergeTree\b", one) for one in kept)


def test_no_statement_names_a_node_or_a_path() -> None:
    """The Replicated database sends it to every node and chooses the paths; it refuses those that are said."""
    assert not [one for one in STATEMENTS if "ON CLUSTER" in one or re.search(r"Replicated\w*MergeTree\('", one)]


def test_both_databases_are_made_on_every_node() -> None:
    local, readers = CLUSTER.databases()
    assert local.startswith("CREATE DATABASE IF NOT EXISTS meadow ON CLUSTER `meadow` ENGINE = Replicated(")
    assert readers.startswith("CREATE DATABASE IF NOT EXISTS meadow_all ON CLUSTER `meadow` ENGINE = Replicated(")
    assert "'{shard}', '{replica}'" in local
    assert Layout().databases() == ()


async def test_days_are_read_of_a_replicated_table(chdb_store: ChdbStore) -> None:
    """As `system.tables` shows one."""
    days = {name: days for name, (_, days) in RetentionSettings().by_table().items()}
    created = (
        "ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}') TTL toDateTime(at) + toIntervalDay(60)"
    )
    answer = await chdb_store.ask("SELECT extract({full:String}, {ttl:String})", {"full": created, "ttl": TTL})
    assert answer.rows == [(str(days["events"]),)]


@pytest.mark.parametrize(
    ("cluster", "database"), [("a b", "meadow"), ("c", ""), ("c", "Meadow"), ("", "a-b"), ("c`", "meadow")]
)
def test_names_that_are_none_are_refused(cluster: str, database: str) -> None:
    with pytest.raises(BadSettings):
        Layout(cluster, database)
