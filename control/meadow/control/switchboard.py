"""The wires of this process: one a cluster, opened when first needed, closed when nobody needs it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from meadow.control.wire import Wire
from meadow.core.connections import Connection
from meadow.core.scope import Cluster


@dataclass(slots=True)
class _Plugged:
    connection: Connection
    wire: Wire
    used_at_s: float


class Switchboard:
    """make: an adapter by the connection's scheme. idle_s: much longer than any command takes."""

    def __init__(self, make: Callable[[Connection], Wire], idle_s: float) -> None:
        self._make = make
        self._idle_s = idle_s
        self._wires: dict[tuple[int, int], _Plugged] = {}
        self._unplugged: list[_Plugged] = []

    def wire(self, cluster: Cluster) -> Wire:
        """The same one for a cluster as long as its connection is the same."""
        key = (cluster.tenant.id, cluster.id)
        plugged = self._wires.get(key)
        if plugged is None or plugged.connection != cluster.connection:
            if plugged is not None:
                self._unplugged.append(plugged)
            plugged = self._wires[key] = _Plugged(cluster.connection, self._make(cluster.connection), 0.0)
        plugged.used_at_s = time.monotonic()
        return plugged.wire

    async def sweep(self) -> None:
        """Closes what nobody used for idle_s."""
        before_s = time.monotonic() - self._idle_s
        for key in [key for key, plugged in self._wires.items() if plugged.used_at_s < before_s]:
            self._unplugged.append(self._wires.pop(key))
        idle = [plugged for plugged in self._unplugged if plugged.used_at_s < before_s]
        self._unplugged = [plugged for plugged in self._unplugged if plugged.used_at_s >= before_s]
        await asyncio.gather(*(plugged.wire.close() for plugged in idle))

    async def close(self) -> None:
        """All of them."""
        everything = [*self._wires.values(), *self._unplugged]
        self._wires, self._unplugged = {}, []
        await asyncio.gather(*(plugged.wire.close() for plugged in everything))
