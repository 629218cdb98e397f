"""The stages stand in the order that their promises need."""

from __future__ import annotations

from meadow.ingest.counts import Counts, DropReason
from meadow.ingest.pipeline import PipelineSettings, stages, through
from meadow.ingest.stages.admit import Admit
from meadow.ingest.stages.redact import Redact, RedactSettings
from meadow.ingest.stages.thin import Thin
from meadow.ingest.stages.trim import Trim
from tests.ingest.messages import HEAD, decoded, marks


def test_the_order() -> None:
    assert [type(stage) for stage in stages(PipelineSettings(), Counts(), lambda: 0.0)] == [Thin, Admit, Redact, Trim]


def test_a_batch_after_every_stage() -> None:
    counts = Counts()
    pipeline = stages(PipelineSettings(events_per_s=2), counts, lambda: 0.0)
    beat = HEAD | {"type": "worker-heartbeat", "processed": 1}
    batch = decoded([HEAD | {"args": "password='x'" + "a" * 9_000}, beat, beat, HEAD, HEAD, 5])
    done = through(pipeline, batch)
    assert (len(done.events), len(done.workers), len(done.dead), done.received) == (2, 1, 1, 6)
    assert counts.drops == {DropReason.OVER_RATE: 1, DropReason.THINNED: 1}
    assert marks(done.events[0]) == {"redacted": ["args"], "cut": {"args": 9_014}}


def test_a_batch_of_nothing() -> None:
    pipeline = stages(PipelineSettings(redact=RedactSettings(enabled=False)), Counts(), lambda: 0.0)
    assert through(pipeline, decoded([])).events == []
