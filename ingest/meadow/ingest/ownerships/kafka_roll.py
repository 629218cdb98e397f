"""The roll of nodes, carried by Kafka's group protocol: every member is given the list of members, and no partition."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment as Given
from aiokafka.coordinator.protocol import ConsumerProtocolMemberMetadata as Offered

from meadow.ingest.placement import Member

log = logging.getLogger(__name__)

NAME_MAX = 255


class Roll:
    """What aiokafka 0.14 calls where an assignor is expected; `changed` hears of every new list.

    The broker does not read what it carries, any member may lead, and members of several versions meet during an upgrade: what
    is not understood of an entry is passed over, and further fields are allowed. Who comes to another placement or writes
    another format needs another `name`: Kafka then refuses to mix the two, and the nodes have to be stopped as a whole.
    """

    name = "meadow-roll-1"

    def __init__(self, me: Member, changed: Callable[[Iterable[Member]], None]) -> None:
        self._me, self._changed = me, changed

    def metadata(self, topics: Iterable[str]) -> Offered:
        """What this node says of itself when it joins."""
        return Offered(0, list(topics), orjson.dumps({"name": self._me.name, "zone": self._me.zone}))

    def assign(self, cluster: Any, members: Mapping[str, Offered]) -> dict[str, Given]:
        """Called on the member that leads."""
        entries = [entry for offered in members.values() if (entry := _entry(offered.user_data)) is not None]
        roll = orjson.dumps(entries)
        return {member_id: Given(0, [], roll) for member_id in members}

    def on_assignment(self, given: Given) -> None:
        """Called on every member. A list without this node in it is not believed: it was made by something else."""
        members = members_of(given.user_data)
        if self._me not in members:
            log.error("the group gave a list of nodes without %s in it; the list before stays", self._me.name)
            return
        self._changed(members)


def members_of(roll: bytes) -> list[Member]:
    """The nodes of a list, those of equal name too."""
    try:
        entries = orjson.loads(roll)
    except orjson.JSONDecodeError:
        return []
    return [Member(one["name"], _text(one.get("zone"))) for one in entries if _names(one)] if _list(entries) else []


def _entry(user_data: bytes) -> dict[str, Any] | None:
    try:
        entry = orjson.loads(user_data)
    except orjson.JSONDecodeError:
        entry = None
    if _names(entry):
        found: dict[str, Any] = entry
        return found
    log.error("a member of the group of ingest nodes does not say its name; it is left out")
    return None


def _names(entry: object) -> bool:
    return isinstance(entry, dict) and 0 < len(_text(entry.get("name"))) <= NAME_MAX


def _list(entries: object) -> bool:
    return isinstance(entries, list)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
