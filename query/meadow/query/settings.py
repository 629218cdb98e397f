"""What answering questions may cost this process and each tenant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySettings:
    """Bounds of the query service; every one is what happens to a single tenant unless it says process.

    deadline_s          a question's whole time, waiting for its turn included.
    rows_read_max       rows the store may read for one statement.
    memory_bytes_max    memory the store may use for one statement.
    running_max         questions of one tenant at once; more wait.
    waiting_max         questions of one tenant that may wait; more are refused with 429.
    slow_s              a question that took longer is logged, without its values.
    lifetime_days_max   the longest a task is expected to live: how far before a range its tasks may be born.
    viewers_max         live streams of one tenant at once.
    viewer_rows_max     events held for a viewer that reads slowly; what is over it is left out and counted.
    stream_s_max        a live stream ends after this, so a credential taken back does not read on for ever.
    resume_records_max  how far back, in records of a partition, a viewer that comes back may read.
    keep_alive_s        a live stream says its position at least this often.
    """

    deadline_s: float = 5.0
    rows_read_max: int = 200_000_000
    memory_bytes_max: int = 1_000_000_000
    running_max: int = 8
    waiting_max: int = 64
    slow_s: float = 1.0
    lifetime_days_max: float = 7.0
    viewers_max: int = 100
    viewer_rows_max: int = 5_000
    stream_s_max: float = 3_600.0
    resume_records_max: int = 10_000
    keep_alive_s: float = 5.0
