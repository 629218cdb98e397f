"""How long the store keeps what it was told: days by table, changed only where they differ."""

from __future__ import annotations

from dataclasses import dataclass

from meadow.core.errors import BadSettings
from meadow.core.store import Store

DAYS_MAX = 36_500
TTL = r"TTL .*toIntervalDay\((\d+)\)"
_DAYS = """
SELECT name, toUInt32OrZero(extract(engine_full, {ttl:String})) AS days
FROM system.tables WHERE database = currentDatabase() AND name IN {tables:Array(String)}
"""


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """Days, 1 to 36 500, counted from the time the row speaks of. What is older is deleted, and not stored when it comes.

    events_days        every event as it was said; `tasks` can be rebuilt only as far back as these.
    tasks_days         one row a task, and the look-up by id.
    workers_days       the last word of each worker, its minutes, and what it answered to inspections.
    counts_days        what each collector saw, by hour.
    dead_letters_days  what could not be decoded or stored.
    commands_days      the audit trail.
    """

    events_days: int = 60
    tasks_days: int = 90
    workers_days: int = 90
    counts_days: int = 90
    dead_letters_days: int = 30
    commands_days: int = 400

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not 1 <= getattr(self, name) <= DAYS_MAX:
                raise BadSettings(f"{name} is {getattr(self, name)}; 1 to {DAYS_MAX} days are accepted.")

    def by_table(self) -> dict[str, tuple[str, int]]:
        """table → the time of a row, and its days."""
        return {
            "events": ("toDateTime(at)", self.events_days),
            "tasks": ("toDateTime(anchor)", self.tasks_days),
            "task_ids": ("toDateTime(anchor)", self.tasks_days),
            "workers": ("toDateTime(received_at)", self.workers_days),
            "worker_minutes": ("minute", self.workers_days),
            "snapshots": ("toDateTime(at)", self.workers_days),
            "collector_counts": ("hour", self.counts_days),
            "dead_letters": ("toDateTime(received_at)", self.dead_letters_days),
            "commands": ("toDateTime(at)", self.commands_days),
        }


async def keep(store: Store, settings: RetentionSettings) -> list[str]:
    """Call at the start, after migrate. Answers the tables whose days were changed; what is too old then goes in the
    background, whole days at a time."""
    wanted = settings.by_table()
    answer = await store.ask(_DAYS, {"ttl": TTL, "tables": list(wanted)})
    changed = [name for name, days in answer.rows if wanted[name][1] != days]
    for name in changed:
        time, days = wanted[name]
        await store.command(f"ALTER TABLE {name} MODIFY TTL {time} + INTERVAL {days} DAY")
    return changed
