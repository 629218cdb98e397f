"""Asks workers the questions of an inspection, and puts each answer on the log as the worker's snapshot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from meadow.control.snapshots import BOUNDS, Shaping, Snapshot
from meadow.control.switchboard import Switchboard
from meadow.control.wire import UNREADABLE, Question, Reply
from meadow.core.blocks import Table, blocks_of
from meadow.core.errors import BrokerRefused, BrokerUnavailable, LogUnavailable
from meadow.core.events import SNAPSHOT, EventRow
from meadow.core.log import BlockRefused, Log
from meadow.core.own_events import OwnRows
from meadow.core.scope import Cluster

NOT_KEPT = "It answered, and the log did not keep it."
log = logging.getLogger(__name__)
Answers = Mapping[str, Snapshot]  # by kind


@dataclass(frozen=True, slots=True)
class Inspection:
    """what: some of `snapshots.KINDS`. destination, expected, within_s: see Question. command_id: "" when nobody asked."""

    cluster: Cluster
    what: tuple[str, ...]
    destination: tuple[str, ...] | None
    expected: frozenset[str]
    within_s: float
    command_id: str = ""


class Inspector:
    """node, now_s: see OwnRows."""

    def __init__(self, to: Log, wires: Switchboard, shaping: Shaping, node: str, now_s: Callable[[], float]) -> None:
        self._log, self._wires, self._shaping = to, wires, shaping
        self._rows = OwnRows(node, now_s)

    async def __call__(self, inspection: Inspection) -> dict[str, Reply]:
        """Who answered, and of which kinds: {"kept": […], "refused": {kind: error}, "missing": […]}; ok when all were kept.

        Raises BrokerUnavailable, BrokerRefused when not one question got through.
        """
        asked = await asyncio.gather(*(self._ask(inspection, kind) for kind in inspection.what), return_exceptions=True)
        failures = [one for one in asked if isinstance(one, BaseException)]
        for failure in failures:
            if not isinstance(failure, BrokerUnavailable | BrokerRefused) or len(failures) == len(asked):
                raise failure
        by_host = _by_host(inspection.what, [one if isinstance(one, dict) else {} for one in asked])
        unreadable = by_host.pop(UNREADABLE, {})
        is_kept = await self._keep(inspection, by_host)
        told = {host: _told(inspection.what, answers, is_kept=is_kept) for host, answers in by_host.items()}
        for snapshot in unreadable.values():
            told[UNREADABLE] = Reply(False, snapshot.error)
        return told

    async def _ask(self, inspection: Inspection, kind: str) -> dict[str, Snapshot]:
        arguments = {"safe": True} if kind == "active" else {}  # short texts for arguments: they are left out anyway
        question = Question(
            kind, arguments, inspection.destination, inspection.expected, inspection.within_s, bounds=BOUNDS
        )
        replies = await self._wires.wire(inspection.cluster).ask(question)
        return {hostname: self._shaping(kind, reply) for hostname, reply in replies.items()}

    async def _keep(self, inspection: Inspection, by_host: Mapping[str, Answers]) -> bool:
        cluster = inspection.cluster
        of = (cluster.tenant.id, cluster.id)
        rows = [self._row(of, host, one, inspection) for host, answers in by_host.items() for one in answers.values()]
        if not rows:
            return True
        try:
            await self._log.append(blocks_of(Table.EVENTS, *of, rows, self._log.partitions))
        except (LogUnavailable, BlockRefused) as error:
            log.warning("%d snapshots of %s were not kept: %s", len(rows), cluster.slug, error)
            return False
        return True

    def _row(self, of: tuple[int, int], hostname: str, snapshot: Snapshot, inspection: Inspection) -> EventRow:
        fields = {
            "what": snapshot.what,
            "value": snapshot.value,
            "cut": snapshot.is_cut,
            "error": snapshot.error,
            "command_id": inspection.command_id,
        }
        return self._rows.row(SNAPSHOT, of, fields, hostname=hostname)


def _by_host(what: Sequence[str], asked: Sequence[Answers]) -> dict[str, dict[str, Snapshot]]:
    by_host: dict[str, dict[str, Snapshot]] = {}
    for kind, answers in zip(what, asked, strict=True):
        for hostname, snapshot in answers.items():
            by_host.setdefault(hostname, {})[kind] = snapshot
    return by_host


def _told(what: Sequence[str], answers: Answers, *, is_kept: bool) -> Reply:
    refused = {kind: one.error if is_kept else NOT_KEPT for kind, one in answers.items() if one.error or not is_kept}
    kept = [kind for kind in answers if kind not in refused]
    missing = [kind for kind in what if kind not in answers]
    return Reply(len(kept) == len(what), {"kept": kept, "refused": refused, "missing": missing})
