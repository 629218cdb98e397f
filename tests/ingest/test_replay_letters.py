"""Dead letters are fed again: each reason is treated as what it is, and a second time changes nothing."""

from __future__ import annotations

import pickle
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from meadow.core.blocks import Table, blocks_of
from meadow.core.log import Log
from meadow.core.store import Store
from meadow.ingest.counts import Counts, DeadReason
from meadow.ingest.messages.decode import Decoder
from meadow.ingest.messages.decoded import DeadLetter
from meadow.ingest.pipeline import PipelineSettings, stages, through
from meadow.ingest.replay.alone import writing_alone
from meadow.ingest.replay.replay import What
from meadow.ingest.source import Message
from tests.ingest.replaying import AT_ONCE, WIDE, replayed, seen
from tests.ingest.running import NOW, caught_up, opened, writing

JSON = "application/json"


def body(kind: str, task: str = "t", **more: Any) -> bytes:
    """As celery 5.7 sends it."""
    said = {"type": kind, "uuid": task, "hostname": "w1", "pid": 7, "clock": 3, "utcoffset": 0, "timestamp": NOW - 5}
    return orjson.dumps({**said, **more})


def letter(reason: DeadReason, said: bytes, **more: Any) -> DeadLetter:
    """As an earlier version might have buried it, though this one would not."""
    message = Message(said, more.get("content_type", JSON), "utf-8", "task.x", NOW + more.get("after_s", 0.25))
    return DeadLetter(reason, "It was not understood.", message, said)


async def buried(log: Log, store: Store, letters: list[DeadLetter]) -> None:
    rows = [one.row(1, 1) for one in letters]
    async with writing(log, store) as writer:
        await log.append(blocks_of(Table.DEAD_LETTERS, 1, 1, rows, log.partitions))
        await caught_up(writer)


async def fed(log: Log, store: Store, **settings: Any) -> dict[str, int]:
    """Twice: the second time nothing changes any more."""
    async with writing_alone(log, store) as writer:
        first = await replayed(What.DEAD_LETTERS, store, log, WIDE, replace(AT_ONCE, **settings))
        await caught_up(writer)
        before = await seen(store)
        again = await replayed(What.DEAD_LETTERS, store, log, WIDE, replace(AT_ONCE, **settings))
        await caught_up(writer)
        assert not again.counts["events_fed"]
        assert not again.counts["events_stored"]
        assert await seen(store) == before
    return dict(first.counts)


async def test_what_is_understood_now_becomes_events(tmp_path: Path) -> None:
    """Among them those that come twice, a list of several, a worker's own words, and one that is stored already."""
    stored = through(
        stages(PipelineSettings(), Counts(), lambda: 0.0),
        Decoder(1, 1)([Message(body("task-sent"), JSON, "", "", NOW)]),
    )
    async with opened(tmp_path) as (log, store):
        await log.append(blocks_of(Table.EVENTS, 1, 1, stored.events, 2))
        multi = orjson.dumps([orjson.loads(body("task-started", "m")), {"type": "task-x"}])
        malformed = [body("task-received"), body("task-received"), multi, body("task-sent")]
        workers = [body("worker-heartbeat", active=1, processed=9), body("worker-online")]
        letters = [letter(DeadReason.MALFORMED, said) for said in (*malformed, *workers)]
        await buried(log, store, letters)
        counts = await fed(log, store)
        assert counts == {
            "events_fed": 3,  # received, started, online
            "events_stored_already": 2,  # one of them said twice
            "worker_rows_fed": 2,
            "still_dead:not_an_event": 1,
        }
        found = await store.ask("SELECT task_id, type, at, received_at FROM events ORDER BY type", {})
        assert [row[:2] for row in found.rows] == [
            ("t", "task-received"), ("t", "task-sent"), ("m", "task-started"), ("t", "worker-online"),
        ]  # fmt: skip
        assert {row[3].timestamp() for row in found.rows} == {NOW, NOW + 0.25}
        tasks = await store.ask("SELECT task_id, state FROM tasks FINAL ORDER BY task_id", {})
        assert tasks.rows == [("m", "STARTED"), ("t", "RECEIVED")]


async def test_each_reason_is_treated_as_what_it_is(tmp_path: Path) -> None:
    events = [body("task-started", f"t{n}") for n in range(8)]
    long = body("task-failed", "long", traceback="x" * 70_000)[:65_536]
    letters = [
        letter(DeadReason.NOT_AN_EVENT, events[0]),  # an earlier version asked for more
        letter(DeadReason.CONTENT_TYPE, pickle.dumps({"n": 1}), content_type="application/x-yaml"),
        letter(DeadReason.RESERVED_TYPE, body("meadow-lost", "forged")),
        letter(DeadReason.FORBIDDEN_PICKLE, pickle.dumps(random.Random), content_type="application/x-python-serialize"),
        letter(DeadReason.ENCODING, b""),
        letter(DeadReason.MALFORMED, long),
    ]
    letters[4].body_bytes = 900  # withheld
    letters[5].body_bytes = 80_000  # cut
    async with opened(tmp_path) as (log, store):
        await buried(log, store, letters)
        assert await fed(log, store) == {
            "events_fed": 1,
            "still_dead:content_type": 1,
            "still_dead:reserved_type": 1,
            "still_dead:forbidden_pickle": 1,
            "letters_withheld": 1,
            "letters_cut": 1,
        }
        assert (await store.ask("SELECT task_id FROM events", {})).rows == [("t0",)]


async def test_rows_the_store_refused_are_offered_again(tmp_path: Path) -> None:
    """Directly, so that those it refuses still do not come back as new letters; of another cluster or none: left alone."""
    head = {"tenant_id": 1, "cluster_id": 1, "hostname": "w", "at": NOW, "received_at": NOW}
    event = {**head, "task_id": "t", "type": "task-started", "clock": 1}
    lines = [
        event,
        event,
        {**event, "clock": "never a number"},
        {**event, "tenant_id": 2},
        {"broken": 1},
        {**head, "type": "worker-heartbeat", "pid": 1},
        {**head, "type": "worker-heartbeat", "pid": "never a number"},
    ]
    letters = [letter(DeadReason.STORE_REFUSED, orjson.dumps(line), after_s=n / 8) for n, line in enumerate(lines)]
    async with opened(tmp_path) as (log, store):
        await buried(log, store, letters)
        assert await fed(log, store) == {
            "events_stored": 1,
            "rows_refused": 2,
            "letters_unreadable": 2,
            "worker_rows_stored": 1,
            "tasks_compared": 1,
            "tasks_mended": 1,
        }
        assert (await store.ask("SELECT task_id, state FROM tasks FINAL", {})).rows == [("t", "STARTED")]
        assert (await store.ask("SELECT count() FROM dead_letters", {})).rows == [(len(letters),)]


async def test_only_the_reasons_that_are_named(tmp_path: Path) -> None:
    letters = [letter(DeadReason.MALFORMED, body("task-sent")), letter(DeadReason.TOO_DEEP, body("task-started"))]
    async with opened(tmp_path) as (log, store):
        await buried(log, store, letters)
        assert await fed(log, store, reasons=frozenset({DeadReason.TOO_DEEP})) == {"events_fed": 1}
        assert (await store.ask("SELECT type FROM events", {})).rows == [("task-started",)]


async def test_more_letters_than_a_page_of_one_moment(tmp_path: Path) -> None:
    letters = [letter(DeadReason.MALFORMED, body("task-sent", f"t{n}")) for n in range(400)]
    async with opened(tmp_path) as (log, store):
        await buried(log, store, letters)
        assert await fed(log, store) == {"events_fed": 400}


async def test_secrets_are_taken_out_on_the_way(tmp_path: Path) -> None:
    said = body("task-sent", kwargs="{'password': 'hunter2'}")
    async with opened(tmp_path) as (log, store):
        await buried(log, store, [letter(DeadReason.MALFORMED, said)])
        await fed(log, store)
        assert (await store.ask("SELECT kwargs FROM events", {})).rows == [("{'password': '***'}",)]
