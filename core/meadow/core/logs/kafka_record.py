"""What a block looks like as a record of Kafka: the rows are its value, everything else stands in its headers."""

from __future__ import annotations

from typing import Any

from meadow.core.blocks import SCHEMA_VERSION, Block, Table
from meadow.core.log import Record

Headers = list[tuple[str, bytes]]
HEADERS_BYTES_MAX = 512  # of a record beside its rows, generously
TABLES = {table.value.encode(): table for table in Table}
DIGITS_MAX = 10


class Unreadable(Exception):
    """No block of this Meadow: foreign, or of an unknown table. The message says which."""


class Newer(Unreadable):
    """A newer Meadow wrote it, and one as new can read it."""


def headers_of(block: Block) -> Headers:
    """Numbers are decimal text, so that any tool can read them."""
    return [
        ("version", b"%d" % SCHEMA_VERSION),
        ("table", block.table.value.encode()),
        ("tenant", b"%d" % block.tenant_id),
        ("cluster", b"%d" % block.cluster_id),
        ("count", b"%d" % block.count),
    ]


def record_of(found: Any) -> Record:
    """found: aiokafka's ConsumerRecord. Anybody may write to the topic, so nothing in it is believed. Raises Unreadable,
    and Newer of those."""
    headers = dict(found.headers)
    version = _number(headers, "version")
    if version > SCHEMA_VERSION:
        raise Newer(f"version {version}, this Meadow reads up to {SCHEMA_VERSION}")
    if version < 1:
        raise Unreadable(f"version {version}, the first was 1")
    table = TABLES.get(headers.get("table") or b"")
    if table is None:
        raise Unreadable("an unknown table")
    if not isinstance(found.value, bytes):
        raise Unreadable("no rows")
    tenant_id, cluster_id, count = (_number(headers, name) for name in ("tenant", "cluster", "count"))
    block = Block(table, tenant_id, cluster_id, found.partition, found.value, count)
    return Record(found.partition, found.offset, found.timestamp / 1000, block)


def _number(headers: dict[str, bytes | None], name: str) -> int:
    text = headers.get(name) or b""
    if not text.isdigit() or len(text) > DIGITS_MAX or int(text) >= 2**32:
        raise Unreadable(f"no {name} in its headers")
    return int(text)
