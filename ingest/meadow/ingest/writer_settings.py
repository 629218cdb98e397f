"""How soon, how much and how long: the writer's settings."""

from __future__ import annotations

from dataclasses import dataclass

from meadow.core.errors import BadSettings

RETRY_AFTER_S = 0.1


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """show_every_s          how long a changed task may wait for its row, while the store keeps up.
    keep_every_s          from a commit to the next keep.
    rows_taken_max        about as many rows are asked of the log at once; a rebalance waits until they are folded.
    rows_shown_max        changed tasks that make a show come sooner.
    bytes_kept_max        of blocks that make a keep come sooner.
    tasks_held_max        states in memory, about 1 kB each; memory_bytes_max bounds their texts.
    look_ups_per_s, look_ups_burst   of one tenant; the tasks of late events beyond wait in `late_tasks`.
    retry_after_max_s     between two tries while the store or the log is away; from RETRY_AFTER_S it doubles up to this.
    stop_within_s         for the last keep and commit.
    epoch                 0 to 65535; one more with a new log or another number of partitions, so that its rows win.
    """

    show_every_s: float = 0.5
    keep_every_s: float = 1.5
    rows_taken_max: int = 5_000
    rows_shown_max: int = 20_000
    bytes_kept_max: int = 24_000_000
    tasks_held_max: int = 100_000
    memory_bytes_max: int = 256_000_000
    look_ups_per_s: float = 1_000.0
    look_ups_burst: int = 20_000
    retry_after_max_s: float = 10.0
    stop_within_s: float = 1.5
    epoch: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.epoch <= 65_535:
            raise BadSettings(f"The writer's epoch is {self.epoch}; 0 to 65535 are accepted.")
