"""A compacted stream: the last value of every key, held in memory by every process that follows it.

put      one change at a time, compared and set: it is taken only when the key still has the version its writer saw.
durable  when put returns the change is on the log, and this process's own `entries` have it.
seen     by every other follower within a moment (Kafka: 7 ms measured); `on_change` is called after each batch of changes.
start    reads everything to the end as of now; until then `entries` are empty.
away     while the log is away the last entries stay valid: nothing can have been put.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

KEY_CHARS_MAX = 255
VALUE_BYTES_MAX = 900_000


class Stale(Exception):
    """The key has another version than the writer saw; `version` is what it has now, 0 when it is absent."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the key is at version {version}")
        self.version = version


@dataclass(frozen=True, slots=True)
class Entry:
    """The newest value of a key. version: 1 or more, rising with every change of the stream, never used twice."""

    key: str
    value: bytes
    version: int


class Stream(Protocol):
    """An adapter. Also a Service: start, run until cancelled, stop."""

    name: str

    @property
    def entries(self) -> Mapping[str, Entry]:
        """As of now; replaced as a whole when something changes, never mutated."""

    @property
    def healthy(self) -> bool:
        """Whether it follows; False while the log is away."""

    @property
    def skipped(self) -> Mapping[str, int]:
        """Records on it that are no entry, by reason."""

    @property
    def failures(self) -> int:
        """How often it could not be read and was tried again."""

    def on_change(self, tell: Callable[[], None]) -> None:
        """Calls `tell` after every batch of changes, and once after start. It must not raise or wait."""

    async def put(self, key: str, value: bytes | None, expected: int | None) -> int:
        """The version it has now; value None deletes the key (0). expected: the version the writer saw, 0 for an absent key,
        None for whatever is there. key: 1 to 255 characters, value: at most 900 000 bytes.

        Raises Stale (and then `entries` are as of now), LogUnavailable (it may or may not have been taken: read again),
        ValueError.
        """

    async def start(self) -> None: ...

    async def run(self) -> None: ...

    async def stop(self) -> None: ...


def check_put(key: str, value: bytes | None) -> None:
    """Raises ValueError for what no stream takes."""
    if not 1 <= len(key) <= KEY_CHARS_MAX:
        raise ValueError(f"a key of {len(key)} characters; 1 to {KEY_CHARS_MAX} are accepted")
    if value is not None and len(value) > VALUE_BYTES_MAX:
        raise ValueError(f"a value of {len(value)} bytes; at most {VALUE_BYTES_MAX} are accepted")
