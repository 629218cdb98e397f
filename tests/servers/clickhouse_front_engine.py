"""The engine behind the ClickHouse front: one chDB in this process, each request on a connection of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from chdb.state import connect

from tests.servers.clickhouse_front_sql import Insert, quoted

# Clusters whose nodes are all this process: an address with the server's own port is answered by the engine itself, so
# nobody needs to listen there.
PORT = 9000
SHARD = f"<shard><replica><host>127.0.0.1</host><port>{PORT}</port></replica></shard>"
CLUSTERS = f"<one>{SHARD}</one><two>{SHARD}{SHARD}</two>"
CONFIG = """<clickhouse>
<user_directories><users_xml><path>{users}</path></users_xml></user_directories>
<timezone>UTC</timezone><tcp_port>{port}</tcp_port><tmp_path>{folder}/tmp/</tmp_path>
<max_server_memory_usage>2000000000</max_server_memory_usage><mark_cache_size>64000000</mark_cache_size>
<background_pool_size>2</background_pool_size>
<merge_tree><number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
<number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
<number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
</merge_tree>
<macros><shard>1</shard><replica>front</replica></macros><remote_servers>{clusters}</remote_servers>
</clickhouse>"""
USERS = """<clickhouse>
<profiles><default><implicit_select>0</implicit_select><max_threads>2</max_threads></default></profiles>
<users><default><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
<grants><query>GRANT ALL ON *.*</query></grants></default></users><quotas><default/></quotas>
</clickhouse>"""


class EngineRefused(Exception):
    """The engine's own words: `Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version …)`."""

    @property
    def code(self) -> int:
        return int(str(self).removeprefix("Code: ").partition(".")[0])


class Engine:
    """Called from threads. What a statement sets ends with its connection, as it ends with a request to a server.

    chDB 4.4 puts what a failed statement had written before the next answer of its connection, so none is used twice.
    """

    def __init__(self, folder: Path) -> None:
        """Opens or makes the data of a folder; a folder of another process is chDB's RuntimeError."""
        folder = folder.resolve()
        for name in ("data", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        users, config = folder / "users.xml", folder / "config.xml"
        users.write_text(USERS)
        config.write_text(
            CONFIG.format(users=escape(str(users)), folder=escape(str(folder)), port=PORT, clusters=CLUSTERS)
        )
        self._address = f"{folder / 'data'}?config-file={config}"
        self._first = connect(self._address)  # keeps the engine up while others come and go

    def run(
        self, sql: str, form: str, settings: Mapping[str, str], parameters: Mapping[str, str], database: str
    ) -> bytes:
        """A statement's whole answer in a format. Raises EngineRefused."""
        with self._connection(settings, database) as connection:
            return bytes(connection.query(sql, form, dict(parameters)).bytes())

    def insert(self, told: Insert, settings: Mapping[str, str], database: str) -> None:
        """All rows or EngineRefused. chDB's `send_insert` would not say when they cannot be stored."""
        with self._connection(settings, database) as connection, os.fdopen(os.memfd_create("rows"), "wb") as rows:
            rows.write(told.rows)
            rows.flush()
            connection.query(f"{told.into} FROM INFILE '/proc/self/fd/{rows.fileno()}' FORMAT {told.form}", "Null")

    def kill(self, tag: str) -> None:
        """Ends the statement with this `query_cache_tag`, if it runs: chDB drops the query ids of its callers."""
        with suppress(RuntimeError), closing(connect(self._address)) as connection:
            connection.query(f"KILL QUERY WHERE Settings['query_cache_tag'] = {quoted(tag)} ASYNC", "Null")

    def close(self) -> None:
        self._first.close()

    @contextmanager
    def _connection(self, settings: Mapping[str, str], database: str) -> Iterator[Any]:
        try:
            with closing(connect(self._address)) as connection:
                if database:
                    connection.query(f"USE {quoted(database, '`')}", "Null")
                for name in sorted(settings, key="readonly".__eq__):  # readonly last: it forbids what follows
                    connection.query(f"SET {name} = {quoted(settings[name])}", "Null")
                yield connection
        except RuntimeError as error:
            said = str(error)
            found = said.find("Code: ")
            raise EngineRefused(said[found:] if found >= 0 else f"Code: 1001. DB::Exception: {said}") from None
