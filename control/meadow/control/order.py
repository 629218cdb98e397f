"""An order: what a caller asked for in one request, read and bounded before anything else happens."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from meadow.control.command import Command
from meadow.control.table import kind_of
from meadow.core.errors import BadCommand
from meadow.core.scope import Caller, Cluster

MEMBERS = ("command", "arguments", "destination", "reason", "dry_run")
DESTINATIONS_MAX = 1_000
HOSTNAME_CHARS_MAX = 255
REASON_CHARS_MAX = 1_000
KEY = re.compile(r"[!-~]{1,255}")


@dataclass(frozen=True, slots=True)
class Order:
    """destination: None means every worker. reason: "" when none was given. key: the Idempotency-Key, or None."""

    command: Command
    destination: tuple[str, ...] | None
    reason: str
    dry_run: bool
    key: str | None

    def id(self, caller: Caller) -> str:
        """32 hex digits: the same for the same key of the same caller, else new. The key itself is never kept."""
        if self.key is None:
            return uuid.uuid4().hex
        parts = (str(caller.tenant.id), caller.subject, self.key)
        return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()

    def body_hash(self, cluster: Cluster) -> str:
        """Equal for orders that ask the same of the same cluster, however they were written."""
        said = [cluster.id, self.command.name, self.command.arguments(), self.destination, self.reason]
        return hashlib.blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def read_order(body: Mapping[str, Any], key: str | None) -> Order:
    """Raises BadCommand, naming the field and what it accepts."""
    for name in body:
        if name not in MEMBERS:
            raise BadCommand(f"No member is called {name[:100]!r}.", field="body", accepts=", ".join(MEMBERS))
    if key is not None and not KEY.fullmatch(key):
        raise BadCommand("The key is none.", field="Idempotency-Key", accepts="1 to 255 visible ASCII characters")
    arguments, dry_run = body.get("arguments", {}), body.get("dry_run", False)
    if not isinstance(arguments, dict):
        raise BadCommand("arguments is an object.", field="arguments", accepts="an object")
    if not isinstance(dry_run, bool):
        raise BadCommand("dry_run is true or false.", field="dry_run", accepts="true or false")
    command = kind_of(body.get("command")).read(arguments)
    destination = _destination(body.get("destination"), for_all=command.for_all)
    return Order(command, destination, _reason(body.get("reason", "")), dry_run, key)


def _destination(given: Any, *, for_all: bool) -> tuple[str, ...] | None:
    if given is None and for_all:
        return None
    hostnames = f"1 to {DESTINATIONS_MAX} hostnames of 1 to {HOSTNAME_CHARS_MAX} characters"
    accepts = f"null for all, or {hostnames}" if for_all else hostnames
    if given is None:
        raise BadCommand("This command wants its workers named.", field="destination", accepts=accepts)
    if not isinstance(given, list) or not 1 <= len(given) <= DESTINATIONS_MAX:
        raise BadCommand("destination is a list of hostnames.", field="destination", accepts=accepts)
    for one in given:
        if not isinstance(one, str) or not 1 <= len(one) <= HOSTNAME_CHARS_MAX or not one.isprintable():
            raise BadCommand("One of destination is no hostname.", field="destination", accepts=accepts)
    return tuple(dict.fromkeys(given))


def _reason(given: Any) -> str:
    text = "" if given is None else given
    if not isinstance(text, str) or len(text) > REASON_CHARS_MAX:
        raise BadCommand("reason is a short text.", field="reason", accepts=f"at most {REASON_CHARS_MAX} characters")
    return text
