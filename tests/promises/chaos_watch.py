"""Looks at a Meadow all the time while it is mistreated: how far its writers are behind, and what its callers are answered."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers.client import Refused
from tests.servers.roles import Roles

EVERY_S = 0.5
BEHIND = re.compile(r"(\d+) records behind, the oldest ([\d.]+) s old")


@dataclass
class Watch:
    """answers: of /tasks, by status and code. lag_records, lag_s: the most that a writer told. problems: what /readyz said was
    in the way, by process kind and dependency."""

    answers: Counter[str] = field(default_factory=Counter)
    lag_records: int = 0
    lag_s: float = 0.0
    problems: set[str] = field(default_factory=set)

    @contextmanager
    def watching(self, meadow: Roles) -> Iterator[None]:
        """For the time of the block."""
        ended = threading.Event()
        lookers = [threading.Thread(target=self._loop, args=(ended, look, meadow)) for look in (self._ask, self._look)]
        for looker in lookers:
            looker.start()
        try:
            yield
        finally:
            ended.set()
            for looker in lookers:
                looker.join()

    def _loop(self, ended: threading.Event, look: object, meadow: Roles) -> None:
        while not ended.wait(EVERY_S):
            look(meadow)  # type: ignore[operator] # one of the two below

    def _ask(self, meadow: Roles) -> None:
        try:
            answer = meadow.get("/tasks", limit=1)
            self.answers["200" if answer["complete"] else "200 incomplete"] += 1
        except Refused as refused:
            self.answers[f"{refused.status} {refused.body.get('code')}"] += 1
        except OSError as error:
            self.answers[type(error).__name__] += 1

    def _look(self, meadow: Roles) -> None:
        for name, role in meadow.roles.items():
            for one in role.ready().get("dependencies", ()):
                if not one["ok"]:
                    self.problems.add(f"{name.partition('-')[0]}: {one['name']}: {one['detail']}")
                if found := BEHIND.match(one["detail"]):
                    self.lag_records = max(self.lag_records, int(found[1]))
                    self.lag_s = max(self.lag_s, float(found[2]))
