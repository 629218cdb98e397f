"""Random histories, deliveries, crashes and rival writers end in the rows of a plain fold of the event set."""

from __future__ import annotations

import os
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from meadow.core.log import Record, Span
from meadow.ingest.folding.fold_rows import VERSION
from meadow.ingest.folding.gathered import Bounds
from tests.ingest.rivals import Rivals, ran

EXAMPLES = int(os.environ.get("MEADOW_TEST_WRITER_EXAMPLES", "300"))  # 100,000 after a change of the writer


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**64 - 1), st.booleans())
def test_rival_writers_end_in_a_plain_fold(seed: int, zombies: bool) -> None:
    Rivals(random.Random(seed), zombies).run()


def test_who_has_read_less_than_a_state_knows_does_not_join_it() -> None:
    """It has lost the partition without knowing: its memory of the task misses what lies between."""
    rivals, partition, records = lone()
    writer = rivals.process()
    writer.assign({partition: Span(0, 0)})
    ran(writer.take(records[0]))
    known = next(row for states in writer.touched.values() for row in states.values())
    ahead = known.copy()
    ahead[VERSION] = 2
    assert writer.mend([ahead]) == []
    assert writer.mend([known]) == [known]


def test_nothing_is_shown_before_the_end_there_was_at_the_assignment() -> None:
    """A dead predecessor may have shown what lies between the commit and that end, with newer versions."""
    rivals, partition, records = lone()
    writer = rivals.process()
    writer.assign({partition: Span(0, 2)})
    ran(writer.take(records[0]))
    assert ran(writer.keep()) == {}
    assert not rivals.store.tasks
    assert not rivals.store.events
    ran(writer.take(records[1]))
    assert ran(writer.keep()) == {partition: 2}
    assert rivals.store.tasks


def test_a_predecessor_showed_no_more_than_the_bounds() -> None:
    """So holding ends there, however far the end was."""
    rivals, partition, records = lone()
    writer = rivals.process()
    writer.bounds = Bounds(records_max=2)
    writer.assign({partition: Span(0, 1_000)})
    ran(writer.take(records[0]))
    assert writer.held(partition)
    ran(writer.take(records[1]))
    assert not writer.room(partition)
    assert ran(writer.keep()) == {partition: 2}


def lone() -> tuple[Rivals, int, list[Record]]:
    """A model with a partition of at least two records."""
    rivals = Rivals(random.Random(1), zombies=False)
    partition = next(p for p, records in rivals.log.items() if len(records) > 1)
    return rivals, partition, rivals.log[partition]
