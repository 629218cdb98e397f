"""The attempts of one task, told from its events: started, succeeded and failed do not say which attempt they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from meadow.core.events import LOST

Row = Mapping[str, Any]
Process = tuple[str, int]
ENDS = {
    "task-succeeded": "SUCCESS",
    "task-failed": "FAILURE",
    "task-revoked": "REVOKED",
    "task-rejected": "REJECTED",
    "task-retried": "RETRY",
}
PRECEDENCE = ("RETRY", "REJECTED", "REVOKED", "FAILURE", "SUCCESS")  # of two ends of one attempt the later here holds
USELESS = (
    "ExceptionWithTraceback()"  # Celery 5.7 after a hard time limit or a killed child: the cause is in the traceback
)
TWIN_S = 5.0  # Celery 5.7 sends a second task-failed at once, with the next clock


@dataclass(slots=True)
class Attempt:
    """What is known of one run. process: hostname and pid of the worker's main process, None before one took it."""

    retries: int | None = None
    process: Process | None = None
    sent: Row | None = None
    received: Row | None = None
    started: Row | None = None
    ends: list[Row] = field(default_factory=list)
    state: str = "PENDING"

    @property
    def open(self) -> bool:
        return not self.ends and self.state != "LOST"


def attempts(events: Iterable[Row]) -> list[dict[str, Any]]:
    """In     events of one task, each once, in any order; rows of the store.
    Out    its attempts, oldest first, as the API shows them; `number` from 1, rising.

    Celery 5.7, all seen live: `received` of the next attempt before `retried` of this one; sent after received, or never;
    received again by another worker after the first was killed; started again by the same worker, interleaved (Redis,
    visibility timeout); two `task-failed`, or failed and rejected, for one failure; failed or revoked without received.
    """
    found: list[Attempt] = []
    for row in sorted(events, key=lambda e: (e["at"], e["clock"])):
        _take(found, row)
    _settle(found)
    return _shown(found)


def _take(found: list[Attempt], row: Row) -> None:
    match row["type"]:
        case "task-sent":
            _sent(found, row)
        case "task-received":
            _received(found, row)
        case "task-started":
            _started(found, row)
        case kind if kind in ENDS:
            _ended(found, row)
        case kind if kind == LOST:
            _lost(found)


def _sent(found: list[Attempt], row: Row) -> None:
    retries = row["retries"] or 0
    same = [a for a in found if a.sent is None and a.retries in (None, retries)]
    attempt = same[0] if same else _new(found)
    attempt.sent, attempt.retries = row, retries


def _received(found: list[Attempt], row: Row) -> None:
    """A second receipt before a start is the same attempt, handed to whoever received it last."""
    retries = row["retries"] or 0
    same = [a for a in found if a.retries in (None, retries) and a.open and a.started is None]
    attempt = same[-1] if same else _new(found)
    attempt.received, attempt.retries, attempt.process = row, retries, _process(row)


def _started(found: list[Attempt], row: Row) -> None:
    process = _process(row)
    waiting = [a for a in found if a.open and a.started is None and a.process in (None, process)]
    attempt = next((a for a in waiting if a.process == process), waiting[0] if waiting else None)
    attempt = attempt or _new(found)
    attempt.started, attempt.process = row, process


def _ended(found: list[Attempt], row: Row) -> None:
    attempt = _twin(found, row) or _unended(found, row) or _last_of(found, _process(row)) or _new(found)
    attempt.process = attempt.process or _process(row)
    attempt.ends.append(row)


def _twin(found: Sequence[Attempt], row: Row) -> Attempt | None:
    """The attempt whose failure this repeats: the same process said so with its clock's last tick."""
    for attempt in found:
        last = attempt.ends[-1] if attempt.ends else None
        if last and last["type"] == "task-failed" and row["type"] in ("task-failed", "task-rejected"):
            near = abs((row["at"] - last["at"]).total_seconds()) <= TWIN_S
            if near and _process(last) == _process(row) and row["clock"] == last["clock"] + 1:
                return attempt
    return None


def _unended(found: Sequence[Attempt], row: Row) -> Attempt | None:
    """Started here first; else received here; else taken by nobody (never received: expired, or an unknown name)."""
    process = _process(row)
    here = [a for a in found if a.open and a.process == process]
    running = [(a, a.started) for a in here if a.started is not None]
    if running:
        return _of_running(running, row)
    nobodys = [a for a in found if a.open and a.process is None]
    return next(iter([*here, *nobodys]), None)


def _of_running(running: Sequence[tuple[Attempt, Row]], row: Row) -> Attempt:
    """Of several that one process runs: a retry ends the oldest; a success that one that began its runtime ago; all else
    the newest, because a later attempt would not be there had the one before not ended (Celery 5.7 on `replace`: unsaid)."""
    if row["type"] == "task-retried":
        return min(running, key=lambda pair: pair[0].retries or 0)[0]
    if row["runtime_s"] is not None:
        began = row["at"] - timedelta(seconds=row["runtime_s"])
        return min(running, key=lambda pair: abs(pair[1]["at"] - began))[0]
    return running[-1][0]


def _last_of(found: Sequence[Attempt], process: Process) -> Attempt | None:
    return next((a for a in reversed(found) if a.process == process), None)


def _lost(found: Sequence[Attempt]) -> None:
    for attempt in found:
        if attempt.open:
            attempt.state = "LOST"


def _settle(found: Sequence[Attempt]) -> None:
    """Names the states, with what a later attempt proves: more retries, that this one retried; another process, that it
    was lost with its worker."""
    for at, attempt in enumerate(found):
        later = found[at + 1 :]
        if attempt.ends:
            attempt.state = max((ENDS[row["type"]] for row in attempt.ends), key=PRECEDENCE.index)
        elif attempt.state != "LOST" and (attempt.started or attempt.received):
            attempt.state = _unfinished(attempt, later)


def _unfinished(attempt: Attempt, later: Sequence[Attempt]) -> str:
    if any((a.retries or 0) > (attempt.retries or 0) for a in later):
        return "RETRY"
    if attempt.started is None:
        return "RECEIVED"
    if any(a.process is not None and a.process != attempt.process for a in later):
        return "LOST"
    return "STARTED"


def _shown(found: Sequence[Attempt]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    number = 0
    for attempt in found:
        number = max(number, attempt.retries or 0) + 1
        items.append(_item(attempt, number))
    return items


def _item(attempt: Attempt, number: int) -> dict[str, Any]:
    end = _end(attempt)
    return {
        "number": number,
        "state": attempt.state,
        "worker": attempt.process[0] if attempt.process else None,
        "queue": (attempt.sent["queue"] if attempt.sent else "") or None,
        "sent_at": _at(attempt.sent),
        "received_at": _at(attempt.received),
        "started_at": _at(attempt.started),
        "finished_at": _at(end),
        "runtime_s": _runtime_s(attempt, end),
        "exception": _exception(attempt),
        "traceback": next((row["traceback"] for row in attempt.ends if row["traceback"]), None),
    }


def _end(attempt: Attempt) -> Row | None:
    """The first of those that say how it ended: the second of two failures is only its echo."""
    return next((row for row in attempt.ends if ENDS[row["type"]] == attempt.state), None)


def _runtime_s(attempt: Attempt, end: Row | None) -> float | None:
    """As the worker said; else between its own two times."""
    if end is None:
        return None
    if end["runtime_s"] is not None:
        return round(float(end["runtime_s"]), 6)
    started = attempt.started
    if started is None or _process(started) != _process(end):
        return None
    return max(0.0, round(float((end["at"] - started["at"]).total_seconds()), 6))


def _exception(attempt: Attempt) -> str | None:
    texts = [row["exception"] for row in attempt.ends if row["exception"]]
    told = next((text for text in texts if text != USELESS), None)
    if told or not texts:
        return told
    traces = [row["traceback"].strip() for row in attempt.ends if row["traceback"].strip()]
    return traces[0].splitlines()[-1] if traces else USELESS


def _at(row: Row | None) -> datetime | None:
    return row["at"] if row else None


def _process(row: Row) -> Process:
    return row["hostname"], row["pid"]


def _new(found: list[Attempt]) -> Attempt:
    found.append(Attempt())
    return found[-1]
