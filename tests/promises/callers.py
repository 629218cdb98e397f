"""Asks two or more web fronts all the time, as whoever is behind a balancer does: a request that fails is tried once more."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from typing import Any

from tests.servers.client import Client, Refused

EVERY_S = 0.2
AGAIN = (502, 503, 504)  # what a balancer asks the next one for
ASKED = ("/tasks", "/clusters", "/tenants", "/commands")  # of query and control, in turn


@dataclass
class Callers:
    """answered: by address. again: requests that another web was asked for, by what the first one said. failed: by both.
    newest_s: when the newest task was sent that anybody was shown."""

    webs: Sequence[Client]
    answered: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    newest_s: float = 0.0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """For the time of the block."""
        ended = threading.Event()
        asker = threading.Thread(target=self._loop, args=(ended,))
        asker.start()
        try:
            yield
        finally:
            ended.set()
            asker.join()

    def _loop(self, ended: threading.Event) -> None:
        paths, first = itertools.cycle(ASKED), itertools.count()
        while not ended.wait(EVERY_S):
            self._ask(next(paths), next(first) // len(ASKED))

    def _ask(self, path: str, first: int) -> None:
        problem = self._problem(path, self.webs[first % len(self.webs)])
        if problem:
            self.again[f"{path}: {problem}"] += 1
            problem = self._problem(path, self.webs[(first + 1) % len(self.webs)])
        if problem:
            self.failed.append(f"{path}: {problem}")
        else:
            self.answered[path] += 1

    def _problem(self, path: str, web: Client) -> str:
        """Why it cannot be used; "" when it was answered. Whatever else is refused is answered wrongly."""
        try:
            if path == "/tasks":
                return self._tasks(web.get(path, limit=1))
            web.get(path)
        except Refused as refused:
            return str(refused) if refused.status in AGAIN else self._wrong(path, refused)
        except (OSError, HTTPException) as error:
            return repr(error)
        return ""

    def _tasks(self, page: Mapping[str, Any]) -> str:
        sent = [datetime.fromisoformat(row["sent_at"]).timestamp() for row in page["items"] if row["sent_at"]]
        self.newest_s = max(self.newest_s, *sent, 0.0)
        return "" if page["complete"] else "incomplete"

    def _wrong(self, path: str, refused: Refused) -> str:
        self.failed.append(f"{path}: {refused}")
        return ""
