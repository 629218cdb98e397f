"""What must hold after any chaos: nothing lost, nothing double, every story whole, every state right."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from tests.promises.chaos import Course, Field
from tests.promises.chaos_stories import Story

SAMPLE = 40
# As readers take them: one row per identity.
EVENTS = """SELECT task_id, arrayStringConcat(arrayMap(e -> e.3, arraySort(groupArray((at, clock, type)))), ' ') FROM (
    SELECT task_id, at, clock, toString(type) AS type FROM {db}.events WHERE type LIKE 'task-%'
    GROUP BY tenant_id, cluster_id, task_id, hostname, pid, clock, at, type
) GROUP BY task_id FORMAT TSV"""
STORED = "SELECT count() FROM {db}.events WHERE type LIKE 'task-%' FORMAT TSV"


def must_hold(running: Field, course: Course) -> None:
    """Raises AssertionError. The events of all tasks are asked of the store, as readers take them; the rest of the API."""
    for slug, stories in course.told.stories.items():
        _rows(running.meadow.items("/tasks", cluster=slug, limit=500, sort="oldest", from_="now-6h"), stories)
    everything = [one for stories in course.told.stories.values() for one in stories]
    _events(running, everything)
    for one in random.Random(len(everything)).sample(everything, min(SAMPLE, len(everything))):
        _story(running.meadow.get(f"/tasks/{one.id}")["item"], one)
    for cluster in running.meadow.items("/clusters"):
        assert not cluster["drops"], cluster
        assert not cluster["dead_letters"], cluster


def doubles(running: Field, course: Course) -> int:
    """Rows of events that are in the store more than once, which no reader sees."""
    return int(running.clickhouse.say(STORED.format(db=running.meadow.name))) - course.told.events


def _rows(rows: list[dict[str, Any]], stories: list[Story]) -> None:
    """One row a task, all of it there."""
    count = Counter(row["id"] for row in rows)
    assert not [one.id for one in stories if one.id not in count], "lost"
    assert not [task_id for task_id, times in count.items() if times > 1], "double"
    assert len(count) == len(stories)
    by_id = {row["id"]: row for row in rows}
    wrong = [
        (one, by_id[one.id])
        for one in stories
        if (by_id[one.id]["state"], by_id[one.id]["retries"]) != (one.state, one.retries)
    ]
    assert not wrong, f"{len(wrong)} states wrong: {wrong[:3]}"
    whole = ("sent_at", "received_at", "started_at", "finished_at", "name", "args", "queue", "worker")
    torn = [row for row in rows if not all(row[name] for name in whole)]
    assert not torn, f"{len(torn)} rows torn: {torn[:3]}"


def _events(running: Field, stories: list[Story]) -> None:
    lines = running.clickhouse.say(EVENTS.format(db=running.meadow.name)).splitlines()
    found = dict(line.split("\t") for line in lines)
    expected = {one.id: " ".join(one.types) for one in stories}
    wrong = {task_id: (types, found.get(task_id)) for task_id, types in expected.items() if found.get(task_id) != types}
    assert not wrong, f"{len(wrong)} stories not whole: {list(wrong.items())[:3]}"
    assert found.keys() == expected.keys()


def _story(item: dict[str, Any], one: Story) -> None:
    assert item["events_complete"], item
    assert [event["type"] for event in item["events"]] == one.types
    assert len({event["id"] for event in item["events"]}) == len(one.types)
    assert (item["state"], item["retries"]) == (one.state, one.retries)
    assert len(item["attempts"]) == one.retries + 1
