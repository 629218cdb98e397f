"""The control service: takes a command, answers with its outcome, and shows what was asked before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence

from aiohttp import web

from meadow.control.audit import Audit
from meadow.control.claims import Claims
from meadow.control.command import Known
from meadow.control.history import History
from meadow.control.inspector import Inspector
from meadow.control.ledger import Ledger
from meadow.control.offers import API, OFFERS
from meadow.control.once import Once
from meadow.control.order import Order, read_order
from meadow.control.outcome import item, refusal
from meadow.control.permits import permit
from meadow.control.records import Records
from meadow.control.rounds import Rounds
from meadow.control.send import Send
from meadow.control.sent import Sent
from meadow.control.settings import ControlSettings
from meadow.control.snapshots import Shaping
from meadow.control.switchboard import Switchboard
from meadow.control.wire import Wire
from meadow.core.connections import Connection
from meadow.core.http import caller_of, json_response, read_json
from meadow.core.log import Log
from meadow.core.operations import Operation
from meadow.core.readings import Reading
from meadow.core.scope import Cluster, Directory
from meadow.core.store import Store
from meadow.core.stream import Stream

__all__ = ["Control", "ControlSettings"]
SWEEP_EVERY_S = 30.0
FINISH_WITHIN_S = 0.8


class Control:
    """POST /clusters/{c}/commands, GET /commands, /commands/{id}.

    directory  the tenants and clusters as they are now; called once a request.
    wires      makes the adapter for a connection.
    node       this process's name in the events it appends; another for every process that runs at once.
    claims     a stream that every control process follows, run by whoever made it; None when there is no other process.

    Commands with an Idempotency-Key are taken only while `run` runs: it finds out what was asked before this start.
    """

    name = "control"

    def __init__(
        self,
        log: Log,
        store: Store,
        directory: Callable[[], Directory],
        wires: Callable[[Connection], Wire],
        settings: ControlSettings,
        node: str,
        claims: Stream | None = None,
    ) -> None:
        now_s = time.time
        self._directory = directory
        self._records = Records(store, settings.store_within_s, now_s)
        self._once = Once(settings.running_max, settings.kept_max, settings.kept_s)
        self._wires = Switchboard(wires, settings.idle_s)
        ledger = Ledger(log, node, now_s)
        self._history = History(ledger, self._records, directory)
        sent = Sent(settings.keys_max, settings.all_keys_max, settings.kept_s)
        claiming = Claims(claims)
        inspector = Inspector(log, self._wires, Shaping(settings.secret_keys), node, now_s)
        self._send = Send(
            self._once, sent, ledger, self._records, self._history, claiming, self._wires, inspector, settings, now_s
        )
        self._rounds = Rounds(inspector, claiming, self._records, directory, settings, now_s)
        self._audit = Audit(self._records, self._once, directory, now_s)

    def routes(self) -> list[web.RouteDef]:
        """Every address."""
        return [
            web.post(f"{API}/clusters/{{cluster}}/commands", self.command),
            web.get(f"{API}/commands", self._audit.several, allow_head=False),
            web.get(f"{API}/commands/{{id}}", self._audit.one, allow_head=False),
        ]

    def operations(self) -> Sequence[Operation]:
        """The same, for the OpenAPI document."""
        return OFFERS

    def readings(self) -> Iterator[Reading]:
        """Its metrics."""
        return self._rounds.readings()

    async def command(self, request: web.Request) -> web.Response:
        """POST /clusters/{c}/commands

        Asks     {command, arguments, destination, reason, dry_run}; header Idempotency-Key.
        Answers  the outcome; with dry_run only the effects, and nothing is sent.
        Refuses  403 forbidden; 404 not_found; 400 bad_command; 409 conflict, on_its_way; 429 over_budget; 503 log_unavailable
                 or store_unavailable (nothing was sent); 502 broker_refused, 503 broker_unavailable (its `command_id` is in
                 the audit trail; the same key does not send it again).
        """
        caller = caller_of(request)
        order = read_order(await read_json(request), request.headers.get("Idempotency-Key"))
        cluster = permit(caller, self._directory(), request.match_info["cluster"], type(order.command))
        if order.dry_run:
            return await self._effects(cluster, order)
        fields = await self._send(caller, cluster, order)
        error = refusal(fields)
        if error is not None:
            raise error
        return json_response({"item": item(fields), "watermark": fields.get("answered_at") or fields["asked_at"]})

    async def start(self) -> None:
        """Nothing to wait for: wires connect when they are needed."""

    async def run(self) -> None:
        """Learns what was asked before, inspects workers, and closes wires nobody uses, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._history.learn())
            group.create_task(self._rounds.run())
            group.create_task(self._sweep())

    async def stop(self) -> None:
        """Gives commands that run a moment to be answered."""
        await self._once.finish(FINISH_WITHIN_S)
        await self._wires.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            await self._wires.sweep()

    async def _effects(self, cluster: Cluster, order: Order) -> web.Response:
        online = await self._records.online(cluster)
        workers = len(order.destination) if order.destination is not None else len(online) or None
        known = Known(workers, await self._records.states(cluster, order.command.tasks))
        effects = [effect.shown() for effect in order.command.effects(known)]
        return json_response({"item": {"effects": effects}})
