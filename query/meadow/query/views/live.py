"""What is happening now, as it happens; and what of it was missed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from meadow.core.errors import BadQuestion
from meadow.core.http import caller_of
from meadow.core.log import Positions
from meadow.core.scope import Permission
from meadow.query import offers
from meadow.query.ask import Ask
from meadow.query.cursors import cursor_of, read_cursor
from meadow.query.desk import Desk, permitted
from meadow.query.fanout import Fanout, positions_of
from meadow.query.happenings import Filter, Happening
from meadow.query.plan import Scope, scope_of
from meadow.query.times import shown_s
from meadow.query.viewer import News, Viewer

ROWS_MAX = 500  # of one message
WRITE_WITHIN_S = 30.0  # a viewer that takes nothing for so long is gone
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Live:
    """GET /api/v1/live

    Asks     cluster, type, name, worker, task_id, state; cursor or Last-Event-ID: where to go on
    Answers  server-sent events, see offers.LIVE; every event of the caller's clusters that passes the filters, at least once
             from the cursor on; a name is known only if sent or received was seen while anybody watched
    Refuses  429 over_budget for too many streams, 503 log_unavailable
    """

    desk: Desk
    fanout: Fanout

    async def get(self, request: web.Request) -> web.StreamResponse:
        ask = permitted(request, offers.LIVE, self.desk.now_s())
        caller = caller_of(request)
        scope = scope_of(caller, self.desk.directory(), ask.texts("cluster"))
        payload = Permission.TASKS_PAYLOAD in caller.permissions
        async with self.fanout.watch(_filter(ask, scope), _after(request, ask)) as viewer:
            response = web.StreamResponse(headers=HEADERS)
            await response.prepare(request)
            stream = Stream(response, scope, payload)
            await self._serve(viewer, stream)
            return response

    async def _serve(self, viewer: Viewer, stream: Stream) -> None:
        """Until the fan-out stops, the stream is old enough, or the viewer is gone."""
        settings = self.desk.run.settings
        ends_at_s = time.monotonic() + settings.stream_s_max
        try:
            await stream.open(viewer.positions)
            while time.monotonic() < ends_at_s:
                closed = viewer.closed
                news = await viewer.take(settings.keep_alive_s)
                async with asyncio.timeout(WRITE_WITHIN_S):
                    await stream.tell(news, settings.keep_alive_s)
                if closed:
                    return
        except (ConnectionError, TimeoutError):
            return


@dataclass(slots=True)
class Stream:
    """Writes what a viewer is told, in the words of server-sent events."""

    response: web.StreamResponse
    scope: Scope
    payload: bool
    _positioned_at_s: float = field(default=0.0)

    async def open(self, positions: Positions) -> None:
        await self.response.write(b"retry: 2000\n\n")
        await self._position(positions, None)

    async def tell(self, news: News, keep_alive_s: float) -> None:
        """Events first, then what was left out after them. The id stands on the last message, so coming back repeats, and
        never skips."""
        for at in range(0, len(news.rows), ROWS_MAX):
            rows = news.rows[at : at + ROWS_MAX]
            last = at + ROWS_MAX >= len(news.rows)
            await self._write("events", self._items(rows, news.heard_at), news.positions if last else None)
        if news.missed:
            reason = "You read more slowly than this happens; narrow the filter."
            await self._write("missed", orjson.dumps({"rows": news.missed, "reason": reason}), news.positions)
        if news.gone:
            reason = "That is too long ago to be read again here."
            await self._write("missed", orjson.dumps({"rows": None, "reason": reason}), news.positions)
        if time.monotonic() - self._positioned_at_s >= keep_alive_s * 0.9:
            await self._position(news.positions, news.heard_at)

    def _items(self, rows: Sequence[Happening], heard_at: float | None) -> bytes:
        slugs = self.scope.clusters
        items = b",".join(one.shown(slugs[one.row["cluster_id"]], payload=self.payload) for one in rows)
        return b'{"items":[' + items + b'],"watermark":' + orjson.dumps(shown_s(heard_at)) + b"}"

    async def _position(self, positions: Positions, heard_at: float | None) -> None:
        self._positioned_at_s = time.monotonic()
        await self._write("position", orjson.dumps({"watermark": shown_s(heard_at)}), positions)

    async def _write(self, event: str, data: bytes, positions: Positions | None) -> None:
        parts = [number for pair in sorted((positions or {}).items()) for number in pair]
        cursor = f"id: {cursor_of(offers.LIVE.path, parts)}\n" if positions is not None else ""
        await self.response.write(f"{cursor}event: {event}\ndata: ".encode() + data + b"\n\n")


def _filter(ask: Ask, scope: Scope) -> Filter:
    return Filter(
        scope.tenant_id,
        frozenset(scope.clusters),
        frozenset(ask.texts("type")),
        frozenset(ask.texts("name")),
        frozenset(ask.texts("worker")),
        frozenset(ask.texts("task_id")),
        frozenset(state.upper() for state in ask.texts("state")),
    )


def _after(request: web.Request, ask: Ask) -> Positions | None:
    """A browser that comes back says Last-Event-ID, and still the cursor its address began with: the former is newer."""
    header = request.headers.get("Last-Event-ID", "")
    try:
        parts = read_cursor(header, offers.LIVE.path) if header else next(iter(ask.values["cursor"]), None)
        return positions_of(parts) if parts is not None else None
    except ValueError as error:
        text = "The position to go on from cannot be read."
        raise BadQuestion(
            text, field="Last-Event-ID" if header else "cursor", accepts="an `id` of this stream"
        ) from error
