"""A permitted order, from the ledger's first line to its last: asked, sent, gathered, answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from meadow.control.claims import Claims, claimed_elsewhere
from meadow.control.command import Answers
from meadow.control.history import History
from meadow.control.inspector import Inspection, Inspector
from meadow.control.ledger import Ledger
from meadow.control.once import Key, Once, same
from meadow.control.order import Order
from meadow.control.outcome import Fields, answered, asked, failed, sent
from meadow.control.records import Records
from meadow.control.sent import Sent, sent_already
from meadow.control.settings import ControlSettings
from meadow.control.switchboard import Switchboard
from meadow.control.wire import Question, Reply
from meadow.core.errors import BrokerRefused, BrokerUnavailable, LogUnavailable, StoreUnavailable, TooSlow
from meadow.core.log import BlockRefused
from meadow.core.scope import Caller, Cluster

LOOK_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Send:
    """The only way from an order to a broker. Raises what kept a command from being sent, and nothing once it was: then the
    outcome's `code` and `problem` say what is not known. now_s: epoch seconds."""

    once: Once
    sent: Sent
    ledger: Ledger
    records: Records
    history: History
    claims: Claims
    wires: Switchboard
    inspector: Inspector
    settings: ControlSettings
    now_s: Callable[[], float]

    async def __call__(self, caller: Caller, cluster: Cluster, order: Order) -> Fields:
        command_id = order.id(caller)
        body = order.body_hash(cluster)

        async def run() -> Fields:
            if order.key is None:
                return await self._send(command_id, caller, cluster, order)
            return await self._once_for_all(command_id, caller, cluster, order)

        return await self.once.run((cluster.tenant.id, command_id), body, run)

    async def _once_for_all(self, command_id: str, caller: Caller, cluster: Cluster, order: Order) -> Fields:
        """An order with a key may have been asked before this process knew of it, or be asked of another at this moment."""
        await self.history.must(self.settings.caught_up_within_s)
        key, body = (cluster.tenant.id, command_id), order.body_hash(cluster)
        was_sent = self.sent.has(key, body)
        before = await self._known(cluster, command_id, order, is_claimed=was_sent)
        if before is not None:
            return before
        if was_sent:
            raise sent_already()
        self.sent.add(key, body)
        if not await self._claimed(key, body):
            other = await self._known(cluster, command_id, order, is_claimed=True)
            if other is None:
                raise claimed_elsewhere()
            return other
        try:
            return await self._send(command_id, caller, cluster, order)
        except (LogUnavailable, BlockRefused):  # raised before sending alone
            self.sent.forget(key)
            await self.claims.release(key)
            raise

    async def _claimed(self, key: Key, body: str) -> bool:
        """Whether it is this process that may send. Whenever it may not, it has not."""
        claimed = False
        try:
            claimed = await self.claims.take(key, body)
        finally:
            if not claimed:
                self.sent.forget(key)
        return claimed

    async def _known(self, cluster: Cluster, command_id: str, order: Order, *, is_claimed: bool) -> Fields | None:
        """What the store knows of the order; waited for when there must be something soon. None when there is nothing."""
        until_s = self.now_s() + self._within_s(order) + self.settings.patience_s
        while True:
            found = await self.records.command(cluster.tenant, command_id)
            fields = same(found[1], order.body_hash(cluster)) if found else None
            is_over = found[2] if found else not is_claimed
            if is_over or self.now_s() > until_s:
                return fields
            await asyncio.sleep(LOOK_EVERY_S)

    async def _send(self, command_id: str, caller: Caller, cluster: Cluster, order: Order) -> Fields:
        task_ids = order.command.tasks
        began_s = time.monotonic()
        expected = await self._expected(cluster, order)
        fields = asked(command_id, order, caller, cluster, self.now_s()) | {"expected": sorted(expected)}
        await self.ledger.asked(cluster, fields, task_ids)
        if (
            time.monotonic() - began_s > self.settings.kept_s / 2
        ):  # this process hung, and its claim may soon be forgotten
            raise LogUnavailable("Recording the command took too long; nothing was sent.")
        after = await self._ask(cluster, order, fields, expected)
        await self.ledger.answered(cluster, after, task_ids)
        return after

    async def _expected(self, cluster: Cluster, order: Order) -> frozenset[str]:
        """Those named; else those online, or nobody when the store cannot say: a store that is away stops no command."""
        if order.destination is not None:
            return frozenset(order.destination)
        try:
            return await self.records.online(cluster)
        except (StoreUnavailable, TooSlow):
            return frozenset()

    async def _ask(self, cluster: Cluster, order: Order, fields: Fields, expected: frozenset[str]) -> Fields:
        ask = self._inspect if order.command.answers is Answers.SNAPSHOTS else self._broadcast
        try:
            replies = await ask(cluster, order, fields["id"], expected)
        except (BrokerUnavailable, BrokerRefused) as error:
            return failed(fields, error, self.now_s())
        if order.command.answers is Answers.NOTHING:
            return sent(fields, self.now_s())
        return answered(fields, replies, self.now_s())

    async def _broadcast(
        self, cluster: Cluster, order: Order, command_id: str, expected: frozenset[str]
    ) -> dict[str, Reply]:
        command, within_s = order.command, self._within_s(order)
        is_answered = command.answers is not Answers.NOTHING
        question = Question(
            command.name, command.celery(), order.destination, expected, within_s, is_answered=is_answered
        )
        return await self.wires.wire(cluster).ask(question)

    async def _inspect(
        self, cluster: Cluster, order: Order, command_id: str, expected: frozenset[str]
    ) -> dict[str, Reply]:
        what = tuple(order.command.arguments()["what"])
        inspection = Inspection(cluster, what, order.destination, expected, self._within_s(order), command_id)
        return await self.inspector(inspection)

    def _within_s(self, order: Order) -> float:
        is_inspection = order.command.answers is Answers.SNAPSHOTS
        return self.settings.inspect_within_s if is_inspection else self.settings.reply_within_s
