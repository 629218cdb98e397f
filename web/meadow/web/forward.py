"""The way of `/api/v1` through the web front to query and control, so that a browser sees one origin."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from aiohttp import ClientResponse, web

from meadow.core.errors import AnswerLost, MeadowError, PartUnavailable, TooSlow
from meadow.core.http import open_to_all, read_body
from meadow.core.meters import FORWARD_FAILURES
from meadow.core.readings import Reading
from meadow.web.forward_address import API, WRITES, Part, address_of, part_of
from meadow.web.forward_backends import AWAY_S, Backends
from meadow.web.forward_headers import towards_part
from meadow.web.forward_relay import STREAM, relay
from meadow.web.forward_wire import LOST, NOT_MADE, SILENT, SILENT_S_MAX, Outgoing, Wire
from meadow.web.ready import Check

UNREADY = 503
NOT_THE_SESSION = r"(?!session(?:/|$)).*"


class Forward:
    """A part (its routes) and a Service (start, run, stop): routes answer only between start and stop.

    query, control  base URLs of the processes of each part, `http://host:5563`: asked in turn.

    Credential  judged by the part behind, which is given Host, cookies and Authorization as they came; Host and Origin are
                judged here too, by this application's guard.
    Repeats     on another process only when no connection could be made, or for a GET without a body; never else.
    Unready     what such a GET is answered with 503 is asked of another process, too: one that has just started cannot yet say
                who is who. The last one's 503 is passed on.
    Refuses     503 part_unavailable: no process could be reached. 502 answer_lost: it was sent, and no answer came. 504
                too_slow: no answer in time. 413 too_large. 404 for whatever could lead out of /api/v1.
    Leaving     a browser that leaves ends its request behind, on a server that cancels its handlers, as all of Meadow's do.
    """

    name = "forward"

    def __init__(self, query: Sequence[str], control: Sequence[str]) -> None:
        self._parts: Mapping[Part, Backends] = {
            "query": Backends("query", query),
            "control": Backends("control", control),
        }
        self._wire: Wire | None = None
        self._open: set[ClientResponse] = set()
        self._failures: Counter[tuple[str, str]] = Counter()

    @property
    def failures(self) -> Mapping[tuple[str, str], int]:
        """By part and reason: `away` (no connection), `lost`, `silent`. Since the start."""
        return self._failures

    def readings(self) -> Iterator[Reading]:
        """`failures`, for the metrics."""
        return (Reading(FORWARD_FAILURES, count, labels) for labels, count in self._failures.items())

    def routes(self) -> list[web.RouteDef]:
        """Mounted after whatever this process answers of the API itself, which is the session."""
        rest = f"{API}{{rest:{NOT_THE_SESSION}}}"
        reads = web.get(rest, self.forward, allow_head=False)  # no part answers HEAD
        return [reads, *(web.route(method, rest, self.forward) for method in WRITES)]

    def checks(self) -> Mapping[str, Check]:
        """For /readyz: whether any process of each part answers."""
        return {part: partial(self._answering, backends) for part, backends in self._parts.items()}

    async def start(self) -> None:
        """Connections are made when they are needed."""
        self._wire = Wire()

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.Event().wait()

    async def end_streams(self) -> None:
        """Their viewers come back with their position, to whichever process answers then. All else goes on."""
        for answer in self._open:
            if answer.content_type == STREAM:
                answer.close()

    async def stop(self) -> None:
        """Whatever is open ends."""
        wire, self._wire = self._wire, None
        for answer in self._open:
            answer.close()
        if wire is not None:
            await wire.close()

    @open_to_all
    async def forward(self, request: web.Request) -> web.StreamResponse:
        """Any method of any address of the API."""
        address = address_of(request)
        body = await read_body(request) if request.can_read_body else b""
        outgoing = Outgoing(request.method, address, towards_part(request), body)
        backends = self._parts[part_of(outgoing.method, outgoing.address)]
        async with await self._answer(backends, outgoing) as answer:
            self._open.add(answer)
            try:
                return await relay(request, answer)
            finally:
                self._open.discard(answer)

    async def _answer(self, backends: Backends, outgoing: Outgoing) -> ClientResponse:
        """From the first process that gives one."""
        turn = backends.in_turn()
        for base in turn:
            answer = await self._answer_of(backends, base, outgoing)
            if answer is None:
                continue
            if answer.status == UNREADY and outgoing.repeatable and base != turn[-1]:
                answer.close()
                backends.away(base)
                continue
            backends.there(base)
            return answer
        raise PartUnavailable(f"No process of {backends.part} can be reached now.", retry_after_s=AWAY_S)

    async def _answer_of(self, backends: Backends, base: str, outgoing: Outgoing) -> ClientResponse | None:
        """None when another process may be asked."""
        if self._wire is None:
            raise PartUnavailable("This process is ending.", retry_after_s=AWAY_S)
        try:
            return await self._wire.send(base, outgoing)
        except NOT_MADE:
            self._failures[backends.part, "away"] += 1
        except SILENT as error:
            self._failures[backends.part, "silent"] += 1
            raise _silent(backends.part, outgoing) from error
        except LOST as error:
            self._failures[backends.part, "lost"] += 1
            if not outgoing.repeatable:
                raise _lost(backends.part) from error
        backends.away(base)
        return None

    async def _answering(self, backends: Backends) -> str:
        wire = self._wire
        alive = sum(await asyncio.gather(*map(wire.alive, backends.bases))) if wire is not None else 0
        if not alive:
            raise PartUnavailable(f"No process of {backends.part} answers.")
        return f"{alive} of {len(backends.bases)} answer"


def _silent(part: str, outgoing: Outgoing) -> MeadowError:
    if outgoing.repeatable:
        return TooSlow(f"The {part} part did not answer within {SILENT_S_MAX:.0f} s.")
    return _lost(part)


def _lost(part: str) -> AnswerLost:
    return AnswerLost(
        f"The request went to the {part} part and no answer came back: it may or may not have been done. Look before you ask"
        " again, or ask with the same Idempotency-Key."
    )
