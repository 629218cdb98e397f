"""A source: batches of raw messages from one cluster's broker, and how it may lose some."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Message(NamedTuple):
    """One message as the broker gave it. body: undecoded bytes; on Redis taken out of kombu's envelope.
    received_at: epoch seconds. The three texts are the sender's properties, "" when absent, hostile like all else."""

    body: bytes
    content_type: str
    content_encoding: str
    routing_key: str
    received_at: float


@dataclass(frozen=True, slots=True)
class Gap:
    """The source may have lost what was sent between since and until (epoch seconds). reason: one sentence."""

    since: float
    until: float
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages in the broker's order, and gaps noticed before them. Either may be empty. token: what `done` takes."""

    messages: Sequence[Message]
    gaps: Sequence[Gap] = ()
    token: int = 0


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a person sees of a source. since: epoch seconds of the last change. problem: "" when all is well, else one
    sentence that says what to mend; never a password."""

    connected: bool
    since: float
    problem: str = ""


class Source(Protocol):
    """One cluster's events.

    batches   reconnects by itself for ever, with capped and jittered back-off; ends only when closed.
    done      acknowledges this batch and all before it to the broker, where the broker keeps messages. Called only after
              the log's append returned. A token of a connection that is gone is ignored: the broker delivers again.
    Slow      a reader that does not ask for the next batch stops the source from reading: nothing is buffered without bound.
    Loses     AMQP: nothing that reached its queue. Redis and kombu's other transports: what is sent while nobody
              listens; then the next batch carries a Gap.
    """

    def batches(self) -> AsyncIterator[Batch]: ...

    async def done(self, token: int) -> None: ...

    async def enable_events(self, hostnames: Sequence[str] | None) -> None:
        """Asks these workers, or all, to send events (celery 5.7 `enable_events`). Never raises for a broker away."""

    @property
    def state(self) -> SourceState: ...

    async def close(self) -> None: ...
