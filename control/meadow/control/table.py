"""Every command by its name: the closed list of what may be asked of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meadow.control.command import Command
from meadow.control.commands.ping import Ping
from meadow.control.commands.rate_limit import RateLimit
from meadow.control.commands.revoke import Revoke
from meadow.core.errors import BadCommand

COMMANDS: Mapping[str, type[Command]] = {kind.name: kind for kind in (Ping, Revoke, RateLimit)}


def kind_of(name: Any) -> type[Command]:
    """Raises BadCommand with the names there are."""
    kind = COMMANDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadCommand("No command of that name.", field="command", accepts=", ".join(COMMANDS))
    return kind
