"""The ledger: a command is on the log before it is sent, and its outcome after; the log is what makes it true."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Sequence

import orjson

from meadow.control.outcome import Fields, of_task
from meadow.core.blocks import Block, Table, blocks_of
from meadow.core.errors import LogUnavailable
from meadow.core.events import COMMAND_ANSWERED, COMMAND_ASKED, EventRow
from meadow.core.log import BlockRefused, Log
from meadow.core.own_events import OwnRows
from meadow.core.scope import Cluster

MARK = "mark-"  # begins the id of what is no command, but tells how far the store has come
ANSWER_TRIES = 4
ANSWER_PAUSE_S = 0.25
log = logging.getLogger(__name__)


class Ledger:
    """Appends one event for the audit and one for each task a command names, all under the command's id.

    node, now_s  see OwnRows.
    """

    def __init__(self, to: Log, node: str, now_s: Callable[[], float]) -> None:
        self._log, self._node, self._now_s = to, node, now_s
        self._rows = OwnRows(node, now_s)

    async def asked(self, cluster: Cluster, fields: Fields, task_ids: Sequence[str]) -> None:
        """Returns when it is durable; only then may the command be sent. Raises LogUnavailable: then it may not."""
        await self._append(COMMAND_ASKED, cluster, fields, task_ids)

    async def answered(self, cluster: Cluster, fields: Fields, task_ids: Sequence[str]) -> bool:
        """Whether it was kept; tried again for a second, for the command was sent and cannot be called back. An outcome too
        large for the log (thousands of silent workers) is still told to who asked."""
        for attempt in range(ANSWER_TRIES):
            try:
                await self._append(COMMAND_ANSWERED, cluster, fields, task_ids)
            except LogUnavailable:
                log.warning("the outcome of command %s was not kept at attempt %d", fields["id"], attempt + 1)
                await asyncio.sleep(ANSWER_PAUSE_S)
            except BlockRefused as error:
                log.error("the outcome of command %s was not kept: %s", fields["id"], error)
                return False
            else:
                return True
        return False

    async def mark(self, cluster: Cluster) -> frozenset[str]:
        """Appends one event to every partition, which goes the way of all commands: once the store has them all, it has every
        command that was on the log before. Their ids."""
        begin = f"{MARK}{self._node}-{os.getpid()}-{self._now_s():.6f}"
        blocks: dict[str, Block] = {}
        for partition in range(self._log.partitions):
            fields: Fields = {"id": f"{begin}-{partition}", "command": "", "reason": "A control process started."}
            line = orjson.dumps(self._row(COMMAND_ASKED, cluster, fields, ""), option=orjson.OPT_APPEND_NEWLINE)
            blocks[fields["id"]] = Block(Table.EVENTS, cluster.tenant.id, cluster.id, partition, line, 1)
        await self._log.append(list(blocks.values()))
        return frozenset(blocks)

    async def _append(self, kind: str, cluster: Cluster, fields: Fields, task_ids: Sequence[str]) -> None:
        rows = [self._row(kind, cluster, fields, "")]
        rows += [self._row(kind, cluster, of_task(fields, task_id), task_id) for task_id in task_ids]
        await self._log.append(blocks_of(Table.EVENTS, cluster.tenant.id, cluster.id, rows, self._log.partitions))

    def _row(self, kind: str, cluster: Cluster, fields: Fields, task_id: str) -> EventRow:
        return self._rows.row(kind, (cluster.tenant.id, cluster.id), fields, task_id=task_id)
