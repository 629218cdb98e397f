"""Registries on one embedded stream, as several processes would have them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from meadow.core.connections import Connection
from meadow.core.registry import Registry
from meadow.core.seal import Seal
from meadow.core.streams.embedded import EmbeddedStream
from tests.contracts.stream_parts import Kept

KEY, OTHER_KEY = "a key of the tests, 32 characters at least", "another key of the tests, as long as the first"
SECRET = "s3cret-of-the-broker"
REDIS = Connection(f"redis://:{SECRET}@h/1")
AMQP = Connection(
    f"amqp://user:{SECRET}@h/v",
    control_exchange="pidbox-of-theirs",
    fanout_prefix=False,
    enable_events=False,
    holders=3,
    transport_options=(("sentinel_kwargs", f'{{"password": "{SECRET}"}}'), ("visibility_timeout", "5")),
)


class Registries(Kept):
    """Each `open` is another process on the same file."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = folder / "registry.db"
        self.seconds: Iterator[int] = count(1_700_000_000)

    async def stream(self) -> EmbeddedStream:
        """One without a registry, to put anything on it."""
        stream = await EmbeddedStream.open(self.path)
        self.keep(stream)
        await self.run(stream)
        return stream

    async def open(self, *keys: str) -> Registry:
        """Started and running. Without a key it sees no secrets."""
        stream = await EmbeddedStream.open(self.path)
        registry = Registry(stream, Seal(keys) if keys else None, lambda: float(next(self.seconds)))
        self.keep(registry)
        await self.run(registry)
        return registry


def slugs(registry: Registry) -> list[str]:
    return [f"{cluster.tenant.slug}/{cluster.slug}" for cluster in registry.directory.clusters]
