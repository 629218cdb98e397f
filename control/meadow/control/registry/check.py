"""Tries a broker before it is registered: whether it answers, and how many workers do. Nothing is saved."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web

from meadow.control.outcome import shown as moment
from meadow.control.registry.access import is_operator
from meadow.control.registry.bodies import MEMBERS, connection_of, only
from meadow.control.registry.reach import must_reach
from meadow.control.registry.settings import RegistrySettings
from meadow.control.wire import UNREADABLE, Question, Wire
from meadow.core.connections import Connection
from meadow.core.errors import BadSettings, BrokerRefused, BrokerUnavailable, OverBudget
from meadow.core.http import caller_of, json_response, read_json
from meadow.core.scope import Permission, Tenant

CLOSE_WITHIN_S = 1.0
MORE_S = 1.0  # for an adapter that is at the end of its own deadline
AWAY = "The broker does not answer: correct host, port and TLS in the URL, or let Meadow's machines reach it."
ODD = "The broker cannot be used by this URL and these options."
SILENT = "The broker answers, but no worker did: if some run, correct vhost, database, prefixes and control_exchange."
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tried:
    """workers: how many answered. problem: what to mend, "" when all is well."""

    reachable: bool
    workers: int
    problem: str


@dataclass(frozen=True, slots=True)
class Check:
    """POST /clusters/check

    Asks     what POST /clusters asks, without a slug.
    Does     connects as commands do and pings the workers, for 3 s at most; a worker's answer changes nothing there.
    Answers  reachable, how many workers answered, and what to mend; nothing else that the other side said.
    Refuses  403 forbidden; 400 bad_registration; 429 over_budget while a few are tried already.
    """

    wires: Callable[[Connection], Wire]
    settings: RegistrySettings
    now_s: Callable[[], float]
    _running: Counter[int] = field(default_factory=Counter)

    async def post(self, request: web.Request) -> web.Response:
        caller = caller_of(request)
        caller.must(Permission.REGISTRY_MANAGE)
        body = await read_json(request)
        only(body, MEMBERS)
        connection = connection_of(body)
        must_reach(connection, operator=is_operator(caller, self.settings.operator))
        with self._turn(caller.tenant):
            tried = await self._try(connection)
        item = {"broker": connection.masked, "reachable": tried.reachable}
        item |= {"workers_answered": tried.workers, "problem": tried.problem}
        return json_response({"item": item, "watermark": moment(self.now_s())})

    @contextmanager
    def _turn(self, tenant: Tenant) -> Iterator[None]:
        most = self.settings.checks_max
        if self._running[tenant.id] >= most:
            raise OverBudget(f"{most} checks are running already.", accepts=f"at most {most} at once", retry_after_s=3)
        self._running[tenant.id] += 1
        try:
            yield
        finally:
            self._running[tenant.id] -= 1
            if not self._running[tenant.id]:
                del self._running[tenant.id]

    async def _try(self, connection: Connection) -> Tried:
        """What adapters and libraries say of an unknown broker may hold its URL, or more of the network than a caller may see:
        only our own words go out."""
        try:
            return await self._ping(self.wires(connection))
        except BrokerRefused as error:
            return Tried(True, 0, str(error))
        except (BrokerUnavailable, TimeoutError):
            return Tried(False, 0, AWAY)
        except BadSettings as error:
            return Tried(False, 0, str(error))
        except Exception as error:  # noqa: BLE001 - libraries meet a hostile URL; finding out is what a check is for
            log.warning("a check failed with %s", type(error).__name__)
            return Tried(False, 0, ODD)

    async def _ping(self, wire: Wire) -> Tried:
        within_s = self.settings.check_within_s
        try:
            async with asyncio.timeout(within_s + MORE_S):
                replies = await wire.ask(Question("ping", {}, None, frozenset(), within_s))
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_WITHIN_S):
                    await wire.close()
        workers = len(replies.keys() - {UNREADABLE})
        return Tried(True, workers, "" if workers else SILENT)
