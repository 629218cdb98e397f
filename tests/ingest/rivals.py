"""Two writers over two partitions: rebalances noticed and not, crashes inside every step, commits fenced by the owner."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import orjson

from meadow.core.blocks import partition_of
from meadow.core.log import Span
from meadow.ingest.folding.fold_rows import ANCHOR, CLUSTER, TASK, TENANT, Row
from meadow.ingest.folding.gathered import Bounds, Gathered
from meadow.ingest.folding.known import Known
from meadow.ingest.folding.late import LookUps
from meadow.ingest.folding.memory import Memory
from meadow.ingest.folding.shelf import Name
from tests.ingest.histories import Event, delivery, reference, visible
from tests.ingest.store_model import Crash, StoreModel

T = TypeVar("T")

BOUNDS = Bounds(records_max=6, bytes_max=3_000)


def ran(work: Coroutine[Any, Any, T]) -> T:
    """Runs what never waits for anything real; cheaper than an event loop."""
    try:
        while True:
            work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return] # a generator's value has no type here


class Rivals:
    """One run of random steps. `run` raises AssertionError when the store ends in anything but a plain fold."""

    def __init__(self, r: random.Random, zombies: bool, stale_reads: bool = False) -> None:
        self.r, self.zombies, self.now_s = r, zombies, 0.0
        self.histories, self.log = delivery(r)
        self.store = StoreModel(r, zombies, lambda: r.choice([6, 6, 16]))
        self.store.stale_reads = stale_reads
        self.committed = dict.fromkeys(self.log, 0)
        self.writers = [self.process(), self.process()]
        self.owner = {p: r.choice(self.writers) for p in self.log}
        self.shown: set[int] = set()
        for p, writer in self.owner.items():
            self.assign(writer, p)

    def process(self) -> Gathered:
        r = self.r
        look_ups = LookUps(r.choice([0.3, 1e6]), r.choice([1, 1e6]), lambda: self.now_s)
        memory = Memory(limit=r.choice([0, 0, 4, 1000]))
        return Gathered(self.store, Known(6), memory, look_ups, lambda: 0.0, len(self.log), bounds=BOUNDS)

    def assign(self, writer: Gathered, p: int) -> None:
        self.shown.discard(p)
        self.owner[p] = writer
        writer.assign({p: Span(self.committed[p], len(self.log[p]))})

    def acts(self, writer: Gathered) -> None:
        self.store.zombie = lambda row: self.owner[partition_of(row[0], row[3], row[TASK], len(self.log))] is not writer

    def keep(self, writer: Gathered) -> set[int]:
        """Answers the partitions the log took a commit of."""
        self.acts(writer)
        done = ran(writer.keep())
        mine = {p for p in done if self.owner[p] is writer}
        self.committed.update({p: done[p] for p in mine})
        self.shown |= mine
        if mine == set(done):
            ran(writer.committed(done))
        return mine

    def rebalance(self, p: int) -> None:
        old, new = self.owner[p], self.r.choice(self.writers)
        if self.r.random() < 0.3 and old is not new:
            self.keep(old)
        if not self.zombies or old is new or self.r.random() < 0.5:
            old.revoke([p])  # else it goes on as a zombie
        self.assign(new, p)

    def crash(self, writer: Gathered) -> None:
        self.writers[self.writers.index(writer)] = fresh = self.process()
        for p, owner in list(self.owner.items()):
            if owner is writer:
                self.assign(fresh, p)

    def take(self, writer: Gathered, p: int, most: int) -> None:
        for record in self.log[p][writer.position[p] :][:most]:
            if not writer.room(p):
                return
            ran(writer.take(record))

    def mend(self, writer: Gathered, states: list[Row]) -> None:
        taken = writer.mend(states)
        mine = self.keep(writer)
        done = [row for row in taken if partition_of(row[0], row[3], row[TASK], len(self.log)) in mine]
        ran(self.store.insert_late(done, done=True))

    def act(self, writer: Gathered) -> None:
        action = self.r.choice(["take", "take", "take", "show", "keep", "mend"])
        if action == "take" and writer.position:
            self.take(writer, self.r.choice(list(writer.position)), self.r.randrange(1, 4))
        elif action == "show":
            self.acts(writer)
            ran(writer.show())
            self.shown |= {p for p in writer.owned() if self.owner[p] is writer}
        elif action == "keep":
            self.keep(writer)
        elif action == "mend":
            self.mend(writer, self.store.late())

    def step(self) -> None:
        r, writer = self.r, self.r.choice(self.writers)
        self.now_s += 1
        self.store.crash_at = r.choice([-1, -1, -1, r.randrange(1, 9)])
        try:
            if r.random() < 0.08:
                self.rebalance(r.choice([*self.log]))
            else:
                self.act(writer)
        except Crash:
            self.store.crash_at = -1
            if r.random() < 0.7:
                self.crash(writer)  # else the insert failed, or seemed to, and is tried again
            self.shown.clear()
        self.store.crash_at = -1

    def one_row_each(self) -> None:
        """At rest every shown task has one live row; a zombie's may stand beside it until it is passed, and a dead writer's
        torn insert until what was put aside of the task is joined."""
        if not self.zombies:
            waits = {(row[0], row[3], row[TASK]) for row in self.store.late()}
            live = [(row[0], row[3], row[TASK]) for row in self.store.live()]
            mine = [name for name in live if name not in waits and partition_of(*name, len(self.log)) in self.shown]
            assert len(mine) == len(set(mine)), mine

    def run(self) -> None:
        for _ in range(self.r.randrange(300)):
            self.step()
            self.one_row_each()
            if self.r.random() < 0.2:
                self.store.land()
            if self.r.random() < 0.2:
                self.store.merge()
        self.finish()
        self.last_words()
        while self.store.landing:
            self.store.land()
        self.check()
        self.store.merge()
        self.check()
        self.check_events()

    def finish(self) -> None:
        """All is taken, kept and mended by the owners."""
        for p in self.log:
            while self.owner[p].position[p] < len(self.log[p]):
                self.take(self.owner[p], p, self.r.randrange(1, 4))
                if not self.owner[p].room(p):
                    self.insist(self.owner[p])
        for writer in self.writers:
            self.insist(writer)
        while late := self.store.late():
            for writer in self.writers:
                writer.mend([row for row in late if self.mine(writer, row)])
                self.insist(writer)
            ran(self.store.insert_late(late, done=True))
        assert self.committed == {p: len(records) for p, records in self.log.items()}

    def mine(self, writer: Gathered, row: Row) -> bool:
        return self.owner[partition_of(row[0], row[3], row[TASK], len(self.log))] is writer

    def insist(self, writer: Gathered) -> None:
        for _ in range(100):
            try:
                self.keep(writer)
            except Crash:
                continue
            for p in writer.position:
                if self.owner[p] is writer and p in writer.since and not writer.held(p):
                    ran(writer.committed({p: self.committed[p]}))
            return
        raise AssertionError("never kept")

    def last_words(self) -> None:
        """Of zombies, when all is done."""
        for writer in self.writers:
            for p in [p for p in writer.position if self.owner[p] is not writer]:
                self.store.zombie = lambda row: True
                self.take(writer, p, self.r.randrange(0, 4))
            with suppress(Crash):
                ran(writer.show())

    def check(self) -> None:
        want = {name: reference(events) for name, events in self.histories.items()}
        live = self.store.live()
        got = {(row[0], row[3], row[TASK]): visible(row) for row in live}
        assert got == want
        assert len(live) == len(got)
        assert {Name(row[TENANT], row[TASK], row[ANCHOR], row[CLUSTER]) for row in live} <= self.store.names

    def check_events(self) -> None:
        """A rebuild from `events` comes to the same."""
        by_task: defaultdict[tuple[int, int, str], list[Event]] = defaultdict(list)
        for line in b"".join(self.store.events).splitlines():
            event = orjson.loads(line)
            by_task[event["tenant_id"], event["cluster_id"], event["task_id"]].append(event)
        assert {n: reference(e) for n, e in by_task.items()} == {n: reference(e) for n, e in self.histories.items()}
