"""What became of a command: the one shape that the log keeps, the audit shows and the caller is answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from meadow.control.order import Order
from meadow.control.wire import Reply
from meadow.core.errors import BrokerRefused, BrokerUnavailable, MeadowError
from meadow.core.scope import Caller, Cluster

Fields = dict[str, Any]
ITEM = (
    *("id", "cluster", "command", "arguments", "destination", "reason", "asked_by", "asked_at"),
    *("answered_at", "state", "answered", "silent", "expected", "problem"),
)
STATES = ("answered", "partial", "silent", "sent")  # sent: Celery answers nothing to it
REPLIES_BYTES_MAX = 256_000  # of one outcome; a record of the log holds less than a megabyte
STORY_HOSTS_MAX = 50
STORY_REPLY_CHARS_MAX = 120
NEVER_ANSWERED = (
    "It was asked, and what became of it was never recorded: the process may have ended in between."
    " It is not sent again."
)


def asked(command_id: str, order: Order, caller: Caller, cluster: Cluster, now_s: float) -> Fields:
    """The fields of the event before sending. body: tells a repeat from another order under the same key."""
    return {
        "id": command_id,
        "cluster": cluster.slug,
        "command": order.command.name,
        "arguments": order.command.arguments(),
        "destination": list(order.destination) if order.destination is not None else None,
        "reason": order.reason,
        "asked_by": caller.subject,
        "asked_at": shown(now_s),
        "body": order.body_hash(cluster),
    }


def failed(before: Fields, error: MeadowError, now_s: float) -> Fields:
    """The fields of the event after, when nothing was confirmed: everybody was silent, and the refusal is kept."""
    return {**answered(before, {}, now_s), "problem": str(error), "code": error.code}


def sent(before: Fields, now_s: float) -> Fields:
    """The fields of the event after a command that Celery answers nothing to: nobody was silent, for nobody was to answer."""
    return {**answered(before, {}, now_s), "silent": [], "state": "sent"}


def refusal(fields: Fields) -> MeadowError | None:
    """What a caller is told of a command whose sending failed, the first time and each time it asks again."""
    kinds: dict[Any, type[MeadowError]] = {kind.code: kind for kind in (BrokerUnavailable, BrokerRefused)}
    kind = kinds.get(fields.get("code"))
    return kind(str(fields.get("problem")), command_id=fields.get("id")) if kind else None


def answered(before: Fields, replies: Mapping[str, Reply], now_s: float) -> Fields:
    """The fields of the event after: who answered what, who was silent."""
    silent = [hostname for hostname in before["expected"] if hostname not in replies]
    room = max(64, REPLIES_BYTES_MAX // max(1, len(replies)))
    told = [
        {"hostname": hostname, "ok": reply.ok, "reply": cut(reply.reply, room)}
        for hostname, reply in sorted(replies.items())
    ]
    state = "silent" if not replies else "partial" if silent else "answered"
    return {
        **before,
        "answered": told,
        "silent": silent,
        "state": state,
        "answered_at": shown(now_s),
        "problem": "",
    }


def of_task(fields: Fields, task_id: str) -> Fields:
    """The same for one task's own story: without the other ids and the long replies, or 500 tasks would cost 500 times
    500 ids."""
    brief = {**fields, "arguments": {**fields["arguments"], "task_ids": [task_id]}}
    for name in ("expected", "silent"):
        brief[name] = fields.get(name, [])[:STORY_HOSTS_MAX]
    if "answered" in fields:
        few = fields["answered"][:STORY_HOSTS_MAX]
        brief["answered"] = [{**one, "reply": cut(one["reply"], STORY_REPLY_CHARS_MAX)} for one in few]
    return brief


def item(fields: Fields) -> dict[str, Any]:
    """As the API shows it. Without an answer: silent, and the problem says why."""
    unanswered = {
        "answered_at": None,
        "state": "silent",
        "answered": [],
        "silent": fields.get("expected", []),
        "problem": NEVER_ANSWERED,
    }
    whole = {**unanswered, **fields}
    return {name: whole.get(name) for name in ITEM} | {"expected": len(whole.get("expected") or [])}


def cut(reply: Any, bytes_max: int) -> Any:
    """The reply, or where it is too long the beginning of its text."""
    text = orjson.dumps(reply)
    return reply if len(text) <= bytes_max else text[:bytes_max].decode(errors="ignore") + "…"


def shown(epoch_s: float) -> str:
    """RFC 3339 in UTC with microseconds."""
    return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
