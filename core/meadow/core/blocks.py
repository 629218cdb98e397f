"""What one record of the log holds: rows of one table, one tenant and one cluster, for one partition."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    return _hashed(key, _seed(tenant_id, cluster_id)) % partitions


def blocks_of(
    table: Table, tenant_id: int, cluster_id: int, rows: Iterable[Mapping[str, Any]], partitions: int
) -> list[Block]:
    """Rows in their order, cut into blocks by partition and size. Rows must be flat and JSON-ready, without lone surrogates."""
    divided: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    seed = _seed(tenant_id, cluster_id)
    for row in rows:
        key = row.get("task_id") or row.get("hostname") or ""
        divided[_hashed(key, seed) % partitions].append(row)
    return [
        Block(table, tenant_id, cluster_id, partition, lines, lines.count(b"\n"))
        for partition, mine in divided.items()
        for lines in _cut(_lines(mine))
    ]


def _seed(tenant_id: int, cluster_id: int) -> int:
    return zlib.crc32(f"{tenant_id}/{cluster_id}/".encode())


def _hashed(key: str, seed: int) -> int:
    return zlib.crc32(key.encode(errors="surrogatepass"), seed)


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A line for each row. A call of orjson 3.13 costs ten times what writing a row does, so all are written in one, with an
    empty text after each: nothing in a flat row looks like `},"",{`, as a quote in a text has a backslash before it and
    one that ends a text is followed by `,`, `:` or `}`."""
    separated: list[Mapping[str, Any] | str] = [""] * (2 * len(rows) - 1)
    separated[::2] = rows
    return orjson.dumps(separated)[1:-1].replace(b'},"",{', b"}\n{") + b"\n"


def _cut(lines: bytes) -> Iterator[bytes]:
    """Whole lines, as many as are no more than BLOCK_BYTES_MAX together, or one that alone is longer."""
    begin = 0
    while len(lines) - begin > BLOCK_BYTES_MAX:
        last = lines.rfind(b"\n", begin, begin + BLOCK_BYTES_MAX)
        end = 1 + (last if last >= 0 else lines.index(b"\n", begin))
        yield lines[begin:end]
        begin = end
    if begin < len(lines):
        yield lines[begin:]
