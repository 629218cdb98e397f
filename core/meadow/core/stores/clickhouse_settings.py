"""How to reach ClickHouse and what Meadow may ask of it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from meadow.core.errors import BadSettings

# Of every request, whatever the user's profile says.
EVERY: Mapping[str, Any] = {
    "session_timezone": "UTC",
    "send_progress_in_http_headers": 0,  # otherwise the status is sent before the outcome is known
}
INSERTS: Mapping[str, Any] = {
    # A replicated table drops a block it was given before. A row that was put, taken back and put again would be lost.
    "insert_deduplicate": 0,
    "async_insert": 0,  # on by default in ClickHouse 26.9: an insert would be acknowledged from memory
    "date_time_input_format": "best_effort",
    "input_format_skip_unknown_fields": 0,  # a column nobody stores is a mistake, not something to lose in silence
}
QUESTIONS: Mapping[str, Any] = {
    "readonly": 2,  # may set its own limits, may write nothing; and only then a server ends it when its client goes
    "cancel_http_readonly_queries_on_client_close": 1,
    # Through Distributed tables: what belongs together is on one shard, so a subquery asks the tables beside it.
    "distributed_product_mode": "local",
    "prefer_localhost_replica": 1,
    "skip_unavailable_shards": 0,  # half an answer must not look like a whole one
}
COMMANDS: Mapping[str, Any] = {
    # On a cluster: waits for every replica that is up; one that is away or slow follows in the same order.
    "distributed_ddl_output_mode": "null_status_on_timeout_only_active",
    "distributed_ddl_task_timeout": 60,
}


@dataclass(frozen=True, slots=True)
class ClickHouseSettings:
    """url        http://host:8123 or https://host:8443 of a node, or of a balancer: readers may meet any replica. A writer
               reads what it has just written, so it names one replica of its shard.
    username, password  the password is neither in the repr nor in an error.
    database   of the tables; readers of a cluster of several shards name its `…_all`.
    ca_file    of the server's certificate; "" means the machine's own.

    questions       answered at once; `waiting_max` more may wait for their turn, one more is OverBudget.
    inserts         sent at once; more wait.
    connect_s       to reach the server at all; over it is StoreUnavailable.
    insert_s        for one insert; over it is StoreUnavailable, and the rows may have been stored.
    command_s       for one statement of a migration or of retention.
    insert_quorum   replicas that have an insert before it is acknowledged; 0 is the one it was sent to.
    """

    url: str
    username: str = "default"
    password: str = field(default="", repr=False)
    database: str = "meadow"
    ca_file: str = ""
    questions: int = 16
    waiting_max: int = 256
    inserts: int = 4
    connect_s: float = 3.0
    insert_s: float = 60.0
    command_s: float = 600.0
    insert_quorum: int = 0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadSettings("ClickHouse is named by its HTTP address, such as http://clickhouse:8123.")
        if parts.username is not None or parts.password is not None:
            raise BadSettings(
                "The address of ClickHouse holds no user and no password; they are settings of their own."
            )
        if parts.path.strip("/") or parts.query:
            raise BadSettings("The address of ClickHouse ends with its port.")
        if self.ca_file and not Path(self.ca_file).is_file():
            raise BadSettings(f"The certificate {self.ca_file} cannot be read.")
        if min(self.questions, self.waiting_max, self.inserts) < 1 or self.insert_quorum < 0:
            raise BadSettings("ClickHouse needs at least one question, one waiting question and one insert at once.")
        if min(self.connect_s, self.insert_s, self.command_s) <= 0:
            raise BadSettings("ClickHouse is given more than 0 s to answer.")

    @property
    def address(self) -> str:
        """scheme://host:port, to be shown."""
        return self.url.rstrip("/")
