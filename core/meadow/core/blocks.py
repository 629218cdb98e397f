"""What one record of the log holds: rows of one table, one tenant and one cluster, for one partition."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

SCHEMA_VERSION = 1
BLOCK_BYTES_MAX = 900_000  # under Kafka's 1 MiB `max_request_size`, which counts before compression


class Table(StrEnum):
    """Where the rows of a block end."""

    EVENTS = "events"
    WORKERS = "workers"
    DEAD_LETTERS = "dead_letters"


@dataclass(frozen=True, slots=True)
class Block:
    """rows: newline-delimited JSON in the table's column names, each line ended; at most BLOCK_BYTES_MAX unless one row
    alone is larger. The writer moves these bytes into the store as they are. count: how many rows."""

    table: Table
    tenant_id: int
    cluster_id: int
    partition: int
    rows: bytes
    count: int


def partition_of(tenant_id: int, cluster_id: int, key: str, partitions: int) -> int:
    """The partition of all rows about one task id, or one hostname: a task's events are read in one order by one writer."""
    return zlib.crc32(f"{tenant_id}/{cluster_id}/{key}".encode(errors="surrogatepass")) % partitions


def blocks_of(
    table: Table, tenant_id: int, cluster_id: int, rows: Iterable[Mapping[str, Any]], partitions: int
) -> list[Block]:
    """Rows in their order, cut into blocks by partition and size. Rows must be JSON-ready without lone surrogates."""
    lines: defaultdict[int, list[bytes]] = defaultdict(list)
    for row in rows:
        key = row.get("task_id") or row.get("hostname") or ""
        line = orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        lines[partition_of(tenant_id, cluster_id, key, partitions)].append(line)
    return [
        Block(table, tenant_id, cluster_id, partition, b"".join(chunk), len(chunk))
        for partition, mine in lines.items()
        for chunk in _chunks(mine)
    ]


def _chunks(lines: list[bytes]) -> Iterable[list[bytes]]:
    chunk: list[bytes] = []
    size = 0
    for line in lines:
        if chunk and size + len(line) > BLOCK_BYTES_MAX:
            yield chunk
            chunk, size = [], 0
        chunk.append(line)
        size += len(line)
    if chunk:
        yield chunk
