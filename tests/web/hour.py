"""An invented hour of three clusters with one bad half: what the pictures show. The same hour at every run.

From minute 26 the card network times out; from minute 39 a media worker is silent and never ends what it held; in minutes 20
to 24 most of what media's workers began was not seen.
"""

from __future__ import annotations

import random
import uuid
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

MINUTES = 60
BAD_FROM, SILENT_FROM, UNSEEN = 26, 39, range(20, 25)
SILENT = "celery@media-4"
ENDS = ("task-succeeded", "task-failed")


@dataclass(frozen=True)
class Kind:
    """One kind of task. run_s: the median. failing: share of all, usually. error: what it fails with."""

    name: str
    queue: str
    args: str
    run_s: float
    per_minute: float
    failing: float = 0.0
    error: str = ""


@dataclass(frozen=True)
class Said:
    """One event: when, by whom, and what. at: seconds since the hour began. unseen: it happened, and nobody hears of it."""

    at: float
    hostname: str
    type: str
    fields: dict[str, Any]
    unseen: bool = False


CLUSTERS: dict[str, tuple[list[str], list[Kind]]] = {
    "shop-eu": (
        [f"celery@shop-{n}" for n in range(1, 7)],
        [
            Kind("orders.place", "orders", "('o-4711', ['tea', 'lamp'])", 0.12, 22),
            Kind(
                "orders.reserve_stock",
                "stock",
                "('o-4711', 'sku-lamp-7')",
                0.08,
                14,
                0.02,
                "StockConflict('sku-lamp-7 is gone')",
            ),
            Kind(
                "mail.receipt",
                "mail",
                "('kim@example.com',)",
                0.3,
                10,
                0.004,
                "SMTPServerDisconnected('Connection lost')",
            ),
            Kind("search.index", "search", "('product', 8812)", 0.9, 7),
        ],
    ),
    "billing": (
        [f"celery@billing-{n}" for n in range(1, 4)],
        [
            Kind(
                "payments.capture",
                "payments",
                "('pi_88127', 49.5)",
                1.1,
                9,
                0.003,
                "CardNetworkTimeout('no answer within 3 s')",
            ),
            Kind("invoices.render", "invoices", "('inv-2026-118',)", 2.2, 4),
            Kind(
                "webhooks.deliver",
                "webhooks",
                "('https://shop.example/hook',)",
                0.4,
                6,
                0.03,
                "HTTPError('502 Bad Gateway')",
            ),
        ],
    ),
    "media": (
        [f"celery@media-{n}" for n in range(1, 5)],
        [
            Kind(
                "media.thumbnail", "media", "('clip-2091', 3)", 0.5, 9, 0.01, "UnidentifiedImageError('clip-2091.png')"
            ),
            Kind("media.transcode", "transcode", "('clip-2091', 'av1')", 38.0, 3),
        ],
    ),
}


def hour(cluster: str) -> list[Said]:
    """All that one cluster said, oldest first; 2 000 to 14 000 events."""
    dice = random.Random(cluster)
    workers, kinds = CLUSTERS[cluster]
    done = [event for minute in range(MINUTES) for event in _minute(dice, minute, workers, kinds)]
    said = [event for worker in workers for event in _beats(worker, done)]
    said += [event for event in done if not event.unseen]
    return sorted((event for event in said if event.at < MINUTES * 60), key=lambda event: event.at)


def _minute(dice: random.Random, minute: int, workers: list[str], kinds: list[Kind]) -> Iterator[Said]:
    for kind in kinds:
        for _ in range(round(kind.per_minute * dice.uniform(0.7, 1.3))):
            unseen = kind.queue in ("media", "transcode") and minute in UNSEEN and dice.random() < 0.6
            for event in _task(dice, minute, dice.choice(workers), kind):
                yield replace(event, unseen=unseen)


def _beats(worker: str, done: list[Said]) -> Iterator[Said]:
    """Heartbeats that count what the worker began until then, and what it runs, seen or not."""
    begun = sorted(event.at for event in done if event.hostname == worker and event.type == "task-started")
    ended = sorted(event.at for event in done if event.hostname == worker and event.type in ENDS)
    minutes = SILENT_FROM if worker == SILENT else MINUTES
    for at in range(5, minutes * 60, 15):
        yield _beat(at, worker, bisect_right(begun, at), bisect_right(begun, at) - bisect_right(ended, at))


def still_there(at: float, cluster: str) -> Iterator[Said]:
    """What its workers go on saying after the hour, all but the silent one."""
    workers, _ = CLUSTERS[cluster]
    last = {event.hostname: event for event in hour(cluster) if event.type == "worker-heartbeat"}
    for worker in workers:
        if worker != SILENT:
            yield Said(at, worker, "worker-heartbeat", last[worker].fields)


def _beat(at: float, worker: str, processed: int, active: int) -> Said:
    load = {"loadavg": [0.4 + active / 4, 0.6, 0.5], "sw_ident": "py-celery", "sw_ver": "5.7.0", "sw_sys": "Linux"}
    return Said(at, worker, "worker-heartbeat", {"freq": 2.0, "active": active, "processed": processed, **load})


def _task(dice: random.Random, minute: int, worker: str, kind: Kind) -> Iterator[Said]:
    bad = kind.name == "payments.capture" and minute >= BAD_FROM
    uid, at = str(uuid.UUID(int=dice.getrandbits(128), version=4)), minute * 60 + dice.uniform(0, 60)
    header = {
        "uuid": uid,
        "name": kind.name,
        "args": kind.args,
        "kwargs": "{}",
        "retries": 0,
        "root_id": uid,
        "parent_id": None,
    }
    yield Said(at, "gen@web-1", "task-sent", {**header, "queue": kind.queue})
    at += dice.lognormvariate(-3, 0.8)
    yield Said(at, worker, "task-received", header)
    if worker == SILENT and minute >= SILENT_FROM:
        return
    at += dice.lognormvariate(-2.5, 1.2)
    yield Said(at, worker, "task-started", {"uuid": uid})
    run_s = kind.run_s * dice.lognormvariate(0, 0.5) * (2.6 if bad else 1)
    yield _end(dice, at + run_s, worker, uid, kind, run_s, failing=0.14 if bad else kind.failing)


def _end(dice: random.Random, at: float, worker: str, uid: str, kind: Kind, run_s: float, *, failing: float) -> Said:
    if dice.random() >= failing:
        return Said(at, worker, "task-succeeded", {"uuid": uid, "result": "'ok'", "runtime": run_s})
    return Said(at, worker, "task-failed", {"uuid": uid, "exception": kind.error, "traceback": _traceback(kind)})


def _traceback(kind: Kind) -> str:
    """As Python prints one: the worker's own frames around those of the task."""
    celery = "/venv/lib/python3.12/site-packages/celery/app/trace.py"
    own, function = f"/srv/app/{kind.name.split('.')[0]}/tasks.py", kind.name.split(".")[1]
    error = kind.error.replace("('", ": ").removesuffix("')")
    frames = [
        (celery, 453, "trace_task", "R = retval = fun(*args, **kwargs)"),
        (celery, 736, "__protected_call__", "return self.run(*args, **kwargs)"),
        (own, 88, function, f"outcome = client.{function}(*args, timeout=3)"),
        (own.replace("tasks", "client"), 141, "_call", "raise reason_of(answer)"),
    ]
    lines = [f'  File "{path}", line {line}, in {name}\n    {code}' for path, line, name, code in frames]
    return "\n".join(["Traceback (most recent call last):", *lines, error]) + "\n"
