"""Random histories, deliveries, crashes and rival writers end in the rows of a plain fold of the event set."""

from __future__ import annotations

import os
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.rivals import Rivals

EXAMPLES = int(os.environ.get("MEADOW_TEST_WRITER_EXAMPLES", "1000"))  # 100,000 after a change of the writer


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**64 - 1), st.booleans())
def test_rival_writers_end_in_a_plain_fold(seed: int, zombies: bool) -> None:
    Rivals(random.Random(seed), zombies).run()
