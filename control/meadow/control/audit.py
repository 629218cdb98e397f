"""The audit trail: which commands were asked of the caller's clusters, by whom, and what became of them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from meadow.control.once import Once
from meadow.control.outcome import STATES, item
from meadow.control.records import LAST, Filter, Position, Records
from meadow.control.table import COMMANDS
from meadow.core.errors import BadQuestion, NotFound
from meadow.core.http import caller_of, json_response
from meadow.core.scope import Caller, Directory, Permission
from meadow.core.times import ACCEPTS, read_ms

PARAMETERS = ("cluster", "command", "state", "asked_by", "from", "to", "limit", "cursor")
ASKED_BY_CHARS_MAX = 255
LIMIT_MAX = 200
LIMIT_DEFAULT = 50
CURSOR_CHARS_MAX = 200
COMMAND_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Audit:
    """GET /commands, /commands/{id}

    Asks     cluster (slug; may repeat), command (its name), state, asked_by (all of it), from and to (when it was asked: from
             inclusive, to exclusive), limit 1 to 200, cursor (`next` of the page before).
    Answers  newest first, of clusters the caller reaches and that are still watched.
    Refuses  403 forbidden without audit:read; 404 not_found, the same for absent and not the caller's; 400 bad_question.
    """

    records: Records
    once: Once
    directory: Callable[[], Directory]
    now_s: Callable[[], float]

    async def several(self, request: web.Request) -> web.Response:
        caller = caller_of(request)
        caller.must(Permission.AUDIT_READ)
        self._only_known(request)
        clusters = self._clusters(caller, request.query.getall("cluster", []))
        limit, before = _limit(request), _position(request.query.get("cursor"))
        watermark = await self.records.watermark(caller.tenant, clusters)
        rows = await self.records.commands(caller.tenant, clusters, self._filter(request), before, limit + 1)
        shown = [item(fields) for _, fields in rows[:limit]]
        cursor = _cursor(rows[limit - 1][0]) if len(rows) > limit else None
        return json_response({"items": shown, "next": cursor, "complete": True, "watermark": watermark})

    async def one(self, request: web.Request) -> web.Response:
        """A command of this process is known at once, of another once the store has it."""
        caller = caller_of(request)
        caller.must(Permission.AUDIT_READ)
        command_id = request.match_info["id"]
        fields = await self._fields(caller, command_id) if COMMAND_ID.fullmatch(command_id) else None
        if fields is None:
            raise NotFound("No command of that id.", field="id")
        return json_response({"item": item(fields), "watermark": fields.get("answered_at") or fields["asked_at"]})

    async def _fields(self, caller: Caller, command_id: str) -> dict[str, Any] | None:
        visible = {cluster.id: cluster.slug for cluster in self.directory().visible(caller)}
        kept = self.once.kept((caller.tenant.id, command_id))
        if kept is not None:
            return kept if kept["cluster"] in visible.values() else None
        found = await self.records.command(caller.tenant, command_id)
        return found[1] if found and found[0] in visible else None

    def _clusters(self, caller: Caller, slugs: list[str]) -> set[int]:
        directory = self.directory()
        chosen = [directory.cluster(caller, slug) for slug in slugs] if slugs else directory.visible(caller)
        return {cluster.id for cluster in chosen}

    def _filter(self, request: web.Request) -> Filter:
        asked_by, now_s = request.query.get("asked_by", ""), self.now_s()
        if len(asked_by) > ASKED_BY_CHARS_MAX:
            accepts = f"at most {ASKED_BY_CHARS_MAX} characters"
            raise BadQuestion("asked_by is nobody's name.", field="asked_by", accepts=accepts)
        command, state = _choice(request, "command", COMMANDS), _choice(request, "state", STATES)
        return Filter(
            command, state, asked_by, _time_us(request, "from", now_s, 0), _time_us(request, "to", now_s, LAST[0])
        )

    def _only_known(self, request: web.Request) -> None:
        for name in request.query:
            if name not in PARAMETERS:
                raise BadQuestion(
                    f"No parameter is called {name[:100]!r}.", field=name[:100], accepts=", ".join(PARAMETERS)
                )


def _choice(request: web.Request, name: str, choices: Collection[str]) -> str:
    given = request.query.get(name, "")
    if given and given not in choices:
        raise BadQuestion(f"No {name} of that name.", field=name, accepts=", ".join(choices))
    return given


def _time_us(request: web.Request, name: str, now_s: float, absent: int) -> int:
    text = request.query.get(name)
    if not text:
        return absent
    try:
        return read_ms(text, now_s) * 1000
    except (ValueError, OverflowError) as error:
        raise BadQuestion(f"{name} is no time.", field=name, accepts=ACCEPTS) from error


def _limit(request: web.Request) -> int:
    text = request.query.get("limit", str(LIMIT_DEFAULT))
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= LIMIT_MAX:
        raise BadQuestion("limit is out of bounds.", field="limit", accepts=f"1 to {LIMIT_MAX}")
    return int(text)


def _cursor(position: Position) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(position)).decode().rstrip("=")


def _position(text: str | None) -> Position:
    if not text:
        return LAST
    try:
        if len(text) > CURSOR_CHARS_MAX:
            raise ValueError
        at_us, command_id = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if type(at_us) is not int or not 0 <= at_us < LAST[0] or not COMMAND_ID.fullmatch(command_id):
            raise ValueError
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadQuestion("The cursor is none of ours.", field="cursor", accepts="`next` of the page before") from error
    return at_us, command_id
