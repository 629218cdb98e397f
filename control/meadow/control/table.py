"""Every command by its name: the closed list of what may be asked of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meadow.control.command import Command
from meadow.control.commands.add_consumer import AddConsumer
from meadow.control.commands.autoscale import Autoscale
from meadow.control.commands.cancel_consumer import CancelConsumer
from meadow.control.commands.disable_events import DisableEvents
from meadow.control.commands.enable_events import EnableEvents
from meadow.control.commands.inspect import Inspect
from meadow.control.commands.ping import Ping
from meadow.control.commands.pool_grow import PoolGrow
from meadow.control.commands.pool_restart import PoolRestart
from meadow.control.commands.pool_shrink import PoolShrink
from meadow.control.commands.rate_limit import RateLimit
from meadow.control.commands.revoke import Revoke
from meadow.control.commands.shutdown import Shutdown
from meadow.control.commands.time_limit import TimeLimit
from meadow.core.errors import BadCommand

_TASKS = (Revoke, RateLimit, TimeLimit)
_POOL = (PoolGrow, PoolShrink, PoolRestart, Autoscale)
_WORKER = (Ping, Inspect, AddConsumer, CancelConsumer, EnableEvents, DisableEvents, Shutdown)
COMMANDS: Mapping[str, type[Command]] = {kind.name: kind for kind in (*_TASKS, *_POOL, *_WORKER)}


def kind_of(name: Any) -> type[Command]:
    """Raises BadCommand with the names there are."""
    kind = COMMANDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadCommand("No command of that name.", field="command", accepts=", ".join(COMMANDS))
    return kind
