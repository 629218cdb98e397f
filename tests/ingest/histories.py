"""Random histories of tasks with the quirks of Celery, and what they must come to: sets and max(), no state."""

from __future__ import annotations

import itertools
import random
import struct
from collections.abc import Iterator
from typing import Any

import orjson

from meadow.core.blocks import Block, Table, partition_of
from meadow.core.log import Record
from meadow.ingest.folding.fold_rows import COLUMNS, Row

Event = dict[str, Any]
Histories = dict[tuple[int, int, str], list[Event]]  # by tenant, cluster and task id

WEEK_US = 7 * 86_400_000_000
T0_US = 1_795_426_899_000_000
VISIBLE = [column for column in COLUMNS if column not in ("moved", "version", "is_deleted")]
CLASS = {
    "task-sent": (1, 1), "task-received": (2, 4), "task-started": (2, 5), "task-retried": (2, 2), "task-rejected": (2, 3),
    "task-revoked": (3, 7), "task-failed": (4, 8), "task-succeeded": (5, 9), "meadow-lost": (2, 10),
}  # fmt: skip
BITS = {
    "task-sent": 0, "task-received": 1, "task-started": 2, "task-succeeded": 3, "task-failed": 4, "task-retried": 5,
    "task-revoked": 6, "task-rejected": 7, "meadow-lost": 9,
}  # fmt: skip


class Story:
    """Tells the events of one task in true order, with each host's clock."""

    def __init__(self, r: random.Random, tenant: int, cluster: int, task: str, start_us: int) -> None:
        self.r, self.tenant, self.cluster, self.task, self.start_us = r, tenant, cluster, task, start_us
        far = r.choice([-WEEK_US, WEEK_US]) + r.randrange(10**7)  # another partition of the store
        self.skew = {host: r.choice([0, 0, 3_000_000, -3_000_000, far]) for host in ("c", "w1", "w2", "w3")}
        self.grid = r.choice([1, 1, 1000, 400_000, 5_000_000])  # a coarse clock makes ties
        self.now = start_us + r.randrange(10**7)
        self.clock = itertools.count(1)
        self.events: list[Event] = []

    def say(self, kind: str, host: str, **fields: Any) -> None:
        self.now += self.r.randrange(1, 900_000)
        at = (self.now + self.skew[host]) // self.grid * self.grid / 1e6
        head = {"tenant_id": self.tenant, "cluster_id": self.cluster, "task_id": self.task, "type": kind}
        self.events.append({**head, "hostname": host, "pid": 1, "clock": next(self.clock), "at": at, **fields})

    def header(self, retries: int, **more: Any) -> dict[str, Any]:
        r = self.r
        ids = {"root_id": r.choice([self.task, "root", None]), "parent_id": r.choice([self.task, "up", None])}
        times = {name: r.choice([None, self.start_us / 1e6 + r.randrange(9) / 3]) for name in ("eta", "expires")}
        said = {"name": r.choice("ab"), "args": r.choice(["()", "(1,)"]), "kwargs": "{}", **ids, **times, **more}
        said |= {"retries": retries} if retries or r.random() < 0.5 else r.choice([{}, {"retries": None}])
        return {name: value for name, value in said.items() if value is not None or r.random() < 0.5}

    def tell(self) -> list[Event]:
        r = self.r
        with_sent, attempts = r.random() < 0.7, r.choice([1, 1, 1, 2, 3])
        for attempt in range(attempts):
            host = r.choice(["w1", "w2", "w3"])
            if with_sent:
                self.say("task-sent", "c", **self.header(attempt, queue=r.choice(["q1", "q2"])))
            if attempt == 0 and r.random() < 0.1:  # expired, or an unregistered task
                self.say("task-revoked", host)
                return self.events
            host = self._attempt(host, attempt, with_sent)
            if attempt + 1 < attempts:
                self.say("task-retried", host, exception=f"Retry({attempt})", traceback="t")
        self._end(host)
        return self.events

    def _attempt(self, host: str, attempt: int, with_sent: bool) -> str:
        r = self.r
        if r.random() < 0.95:
            self.say("task-received", host, **self.header(attempt))
        for _ in range(r.choice([0, 0, 0, 1])):  # acks_late redelivery, Redis visibility timeout, replace()
            host = r.choice(["w1", "w2", "w3"])
            self.say("task-started", host)
            if with_sent:
                self.say("task-sent", "c", **self.header(attempt, queue=r.choice(["q1", "q2"])))
            self.say("task-received", host, **self.header(attempt))
        self.say("task-started", host)
        for _ in range(r.choice([0, 0, 1, 2])):
            kind = r.choice(["task-progress", "task-cancelled", "task-", "meadow-lost", "meadow-lost"])
            self.say(kind, host, exception="not ours")
        return host

    def _end(self, host: str) -> None:
        r = self.r
        how = r.choice(["ok", "ok", "fail", "limit", "reject", "revoke", "ignore", "both", "both"])
        if how in ("ok", "both"):
            for one in [host, *r.choice([[], [], [], ["w1", "w2"]])]:  # executed again elsewhere
                runtime = r.choice([0.1, 1 / 3, None])
                self.say("task-succeeded", one, result=r.choice(["1", "None"]), runtime_s=runtime)
        if how in ("fail", "both"):
            self.say("task-failed", host, exception="ValueError('x')", traceback="Traceback\n  x\nValueError: x\n")
        if how == "limit":  # two failures of one outcome
            traceback = "Traceback\n  x\nTimeLimitExceeded: (2,)\n"
            self.say("task-failed", host, exception="ExceptionWithTraceback()", traceback=traceback)
            self.say("task-failed", r.choice(["w1", "w2"]), exception="TimeLimitExceeded(2)")
        if how == "reject":
            self.say("task-failed", host, exception="Reject('no')")
            self.say("task-rejected", host)
        if how in ("revoke", "both"):
            self.say("task-revoked", r.choice(["w1", "w2"]))


def history(r: random.Random, task: str, tenant: int = 1, cluster: int = 1, start_us: int = T0_US) -> list[Event]:
    """Events of one task in true order, with each host's clock; the clocks may be 12 days apart."""
    return Story(r, tenant, cluster, task, start_us).tell()


# ---- what it comes to ------------------------------------------------------------------------------------------------
def ms(event: Event) -> int:
    return int(round(event["at"] * 1e6) // 1000)


def rank(event: Event) -> int:
    level, code = CLASS.get(event["type"], (2, 6))
    return level << 56 | ms(event) << 8 | code


def _retries(event: Event) -> int:
    return int(event.get("retries") or 0)


def _key(event: Event) -> int:
    return (_retries(event) + 1) << 48 | ms(event)


def _said(event: Event) -> str:
    text = str(event["exception"])
    return event["traceback"].rstrip().split("\n")[-1] if text.startswith("ExceptionWithT") else text


def _floor(at: float | None) -> float:
    return round((at or 0) * 1e6) // 1000 / 1000


def _header(event: Event, task: str) -> tuple[Any, ...]:
    texts = [event.get(name) or "" for name in ("name", "args", "kwargs", "root_id", "parent_id")]
    parent = "" if texts[-1] == task else texts[-1]
    order = (_retries(event), event["type"] == "task-received", ms(event))
    return (*order, *texts[:-1], parent, _floor(event.get("eta")), _floor(event.get("expires")))


def _float32(value: float) -> float:
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def _custom(event: Event) -> str:
    return event["type"][5:].upper() or "CUSTOM" if event["type"] not in CLASS else ""


def reference(events: list[Event]) -> dict[str, Any]:
    """The row of `tasks` that these events of one task make."""
    first, task = events[0], str(events[0]["task_id"])
    sent = [e for e in events if e["type"] == "task-sent"]
    received = [e for e in events if e["type"] == "task-received"]
    done = [e for e in events if e["type"] == "task-succeeded"]
    errors = [e for e in events if e["type"] in ("task-failed", "task-retried")]
    top = max(map(rank, events))
    ranked = max(((e["hostname"], _custom(e)) for e in events if rank(e) == top and e not in sent), default=("", ""))
    header = max((_header(e, task) for e in sent + received), default=("",) * 8 + (0.0, 0.0))
    best = max(((rank(e), e["hostname"], e["result"], _float32(e["runtime_s"] or 0)) for e in done), default=None)
    wrong = max(((rank(e), _said(e)) for e in errors), default=(0, ""))
    names = ("name", "args", "kwargs", "root_id", "parent_id", "eta", "expires")
    return {
        "tenant_id": first["tenant_id"], "cluster_id": first["cluster_id"], "task_id": task, "rank": top,
        "anchor": min(map(ms, sent or received or events)) / 1000,
        **dict(zip(names, header[3:], strict=True)),
        "queue": max(((_key(e), e["queue"]) for e in sent), default=(0, ""))[1],
        "worker": ranked[0], "custom": ranked[1],
        "sent_key": max(map(_key, sent), default=0), "received_key": max(map(_key, received), default=0),
        "started_at": max((ms(e) / 1000 for e in events if e["type"] == "task-started"), default=0.0),
        "result": best[2] if best else "", "runtime_s": best[3] if best else 0.0,
        "exception_key": wrong[0], "exception": wrong[1],
        "seen": sum({1 << BITS.get(e["type"], 8) for e in events}),
    }  # fmt: skip


def visible(row: Row) -> dict[str, Any]:
    """The columns that do not depend on the order of delivery."""
    return {column: row[i] for i, column in enumerate(COLUMNS) if column in VISIBLE}


# ---- how it is delivered ---------------------------------------------------------------------------------------------
def delivery(r: random.Random, partitions: int = 2, tasks: int = 5) -> tuple[Histories, dict[int, list[Record]]]:
    """Histories of up to `tasks` tasks, some of one id in two clusters or tenants, and a log in an order that is not theirs."""
    names = {
        (r.choice([1, 1, 1, 2]), r.choice([1, 1, 1, 2]), f"t{r.randrange(tasks)}")
        for _ in range(r.randrange(1, tasks + 1))
    }
    histories = {name: history(r, name[2], *name[:2]) for name in sorted(names)}
    return histories, {p: list(_records(r, p, _stream(r, p, partitions, histories))) for p in range(partitions)}


def _stream(r: random.Random, partition: int, partitions: int, histories: Histories) -> list[Event]:
    stream = [e for name, events in histories.items() if partition_of(*name, partitions) == partition for e in events]
    for _ in range(r.choice([0, 0, 3, len(stream)]) if stream else 0):  # redelivery, two collectors
        stream.append(r.choice(stream))
    spread = r.choice([0.0, 2.0, 1e9])
    return sorted(stream, key=lambda e: e["clock"] + r.uniform(0, spread))


def _records(r: random.Random, partition: int, stream: list[Event]) -> Iterator[Record]:
    offset = 0
    while stream:
        tenant, cluster = _scope(stream[0])
        mine = [event for event in stream if _scope(event) == (tenant, cluster)][: r.randrange(1, 5)]
        for event in mine:
            stream.remove(event)
        rows = b"".join(orjson.dumps(event) + b"\n" for event in mine)
        yield Record(partition, offset, 0.0, Block(Table.EVENTS, tenant, cluster, partition, rows, len(mine)))
        offset += 1


def _scope(event: Event) -> tuple[int, int]:
    return event["tenant_id"], event["cluster_id"]
