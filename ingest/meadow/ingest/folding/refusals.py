"""Makes a dead letter of a row that cannot be read or stored, so that nothing is lost and nothing stops."""

from __future__ import annotations

import base64

import orjson

from meadow.core.blocks import Block, Table
from meadow.core.events import DeadLetterRow
from meadow.ingest.counts import DeadReason

BODY_BYTES_MAX = 65_536


def dead_letters(block: Block, lines: list[bytes], reason: DeadReason, detail: str, received_at: float) -> Block:
    """A block of dead letters of the same tenant, cluster and partition. Bodies are cut at BODY_BYTES_MAX."""
    letters = [_letter(block, line, reason, detail, received_at) for line in lines]
    rows = b"".join(orjson.dumps(letter) + b"\n" for letter in letters)
    return Block(Table.DEAD_LETTERS, block.tenant_id, block.cluster_id, block.partition, rows, len(letters))


def _letter(block: Block, line: bytes, reason: DeadReason, detail: str, received_at: float) -> DeadLetterRow:
    return DeadLetterRow(
        tenant_id=block.tenant_id,
        cluster_id=block.cluster_id,
        received_at=received_at,
        reason=reason.value,
        detail=detail,
        content_type="application/json",
        content_encoding="utf-8",
        routing_key="",
        body=base64.b64encode(line[:BODY_BYTES_MAX]).decode(),
        body_bytes=len(line),
    )
