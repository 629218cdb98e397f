"""Attempts told from events, by every quirk Celery 5.7 was seen to have."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from meadow.query.attempts import attempts

START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
ZOMBIE, RESCUER = ("celery@k1", 1), ("celery@k2", 1)


def said(kind: str, at_s: float, process: tuple[str, int] = ("celery@a", 7), **over: Any) -> dict[str, Any]:
    """One event of a task; clock in step with the time unless given."""
    row = {
        "type": f"task-{kind}",
        "at": START + timedelta(seconds=at_s),
        "hostname": process[0],
        "pid": process[1],
        "clock": round(at_s * 10),
        "retries": over.pop("retries", 0) if kind in ("sent", "received") else None,
        "queue": "payments" if kind == "sent" else "",
        "exception": "",
        "traceback": "",
        "runtime_s": None,
    }
    return {**row, **over}


def sent(at_s: float, retries: int = 0) -> dict[str, Any]:
    return said("sent", at_s, ("gen1@client", 99), retries=retries)


def told(events: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Numbers and states; the same for every order of delivery."""
    first = attempts(events)
    for seed in range(5):
        shuffled = random.Random(seed).sample(events, len(events))
        assert attempts(shuffled) == first
    return [(item["number"], item["state"]) for item in first]


def test_one_plain_run() -> None:
    found = attempts([sent(0), said("received", 1), said("started", 2), said("succeeded", 5, runtime_s=2.9)])
    assert found == [
        {
            "number": 1,
            "state": "SUCCESS",
            "worker": "celery@a",
            "queue": "payments",
            "sent_at": START,
            "received_at": START + timedelta(seconds=1),
            "started_at": START + timedelta(seconds=2),
            "finished_at": START + timedelta(seconds=5),
            "runtime_s": 2.9,
            "exception": None,
            "traceback": None,
        }
    ]


def test_nothing_said_is_no_attempt() -> None:
    assert attempts([]) == []
    assert told([said("progress", 1)]) == []


def test_the_next_receipt_comes_before_the_retry_it_follows() -> None:
    events = [
        sent(0),
        said("received", 1),
        said("started", 2),
        sent(2.9, 1),
        said("received", 3, retries=1),
        said("retried", 3.1, exception="KeyError('again')", traceback="Traceback\nKeyError: 'again'"),
        said("started", 4),
        said("failed", 6, exception="KeyError('enough')"),
    ]
    found = attempts(events)
    assert told(events) == [(1, "RETRY"), (2, "FAILURE")]
    assert (found[0]["exception"], found[0]["runtime_s"]) == ("KeyError('again')", 1.1)
    assert (found[1]["exception"], found[1]["started_at"]) == ("KeyError('enough')", START + timedelta(seconds=4))


def test_a_retry_on_another_worker_ends_the_first_attempt_where_it_ran() -> None:
    b = ("celery@b", 8)
    events = [
        said("received", 1),
        said("started", 2),
        said("received", 3, b, retries=1),
        said("started", 3.05, b),
        said("retried", 3.1),
        said("succeeded", 9, b),
    ]
    found = attempts(events)
    assert told(events) == [(1, "RETRY"), (2, "SUCCESS")]
    assert [item["worker"] for item in found] == ["celery@a", "celery@b"]


def test_a_client_clock_ahead_of_the_worker() -> None:
    events = [sent(8), said("received", 1), said("started", 2), said("succeeded", 5)]
    assert told(events) == [(1, "SUCCESS")]
    assert attempts(events)[0]["queue"] == "payments"


def test_two_failures_of_a_hard_time_limit_are_one() -> None:
    """Celery 5.7: clocks 110 and 111, the exception useless, the cause in the last line of the traceback."""
    useless: dict[str, Any] = {
        "exception": "ExceptionWithTraceback()",
        "traceback": "Traceback…\nbilliard.TimeLimitExceeded(3,)",
    }
    events = [
        said("received", 1),
        said("started", 2),
        said("failed", 5, clock=110, **useless),
        said("failed", 5.01, clock=111, **useless),
    ]
    found = attempts(events)
    assert told(events) == [(1, "FAILURE")]
    assert (found[0]["exception"], found[0]["finished_at"]) == (
        "billiard.TimeLimitExceeded(3,)",
        START + timedelta(seconds=5),
    )


def test_a_reject_without_requeue_is_failed_and_rejected_at_once() -> None:
    events = [said("received", 1), said("started", 2), said("failed", 3, clock=50), said("rejected", 3, clock=51)]
    assert told(events) == [(1, "FAILURE")]


def test_a_terminated_task_is_revoked_and_failed_once() -> None:
    assert told([said("received", 1), said("started", 2), said("revoked", 3), said("failed", 3.2)]) == [(1, "FAILURE")]


def test_an_expired_task_is_revoked_without_receipt() -> None:
    found = attempts([sent(0), said("revoked", 60)])
    assert [(item["state"], item["worker"], item["received_at"]) for item in found] == [("REVOKED", "celery@a", None)]


def test_an_unknown_name_fails_without_receipt() -> None:
    assert told([said("failed", 1, exception="NotRegistered('x')")]) == [(1, "FAILURE")]
    assert told([sent(0), said("failed", 1, exception="NotRegistered('x')")]) == [(1, "FAILURE")]


def test_a_killed_worker_leaves_a_lost_attempt_and_another_takes_over() -> None:
    events = [
        sent(0),
        said("received", 1, ZOMBIE),
        said("started", 2, ZOMBIE),
        said("received", 30, RESCUER),
        said("started", 31, RESCUER),
        said("succeeded", 33, RESCUER),
    ]
    assert told(events) == [(1, "LOST"), (2, "SUCCESS")]
    assert [item["worker"] for item in attempts(events)] == ["celery@k1", "celery@k2"]
    assert attempts(events)[0]["finished_at"] is None


def test_a_killed_worker_that_nobody_followed_is_not_guessed() -> None:
    events = [sent(0), said("received", 1, ZOMBIE), said("started", 2, ZOMBIE)]
    assert told(events) == [(1, "STARTED")]
    assert told([*events, {**said("started", 600), "type": "meadow-lost"}]) == [(1, "LOST")]


def test_received_again_before_a_start_is_the_same_attempt_elsewhere() -> None:
    events = [
        said("received", 1, ZOMBIE),
        said("received", 30, RESCUER),
        said("started", 31, RESCUER),
        said("succeeded", 32, RESCUER),
    ]
    assert told(events) == [(1, "SUCCESS")]
    assert attempts(events)[0]["worker"] == "celery@k2"


def test_redis_gives_a_task_of_long_eta_many_times_and_it_runs_as_often() -> None:
    """Measured: five receipts and five runs of one id by one worker, interleaved."""
    receipts = [said("received", at_s) for at_s in (1, 4, 7)]
    runs = [
        said("started", 10),
        said("started", 10.2),
        said("succeeded", 11),
        said("started", 11.5),
        said("succeeded", 12),
    ]
    assert told([*receipts, *runs, said("succeeded", 13)]) == [(1, "SUCCESS"), (2, "SUCCESS"), (3, "SUCCESS")]


def test_a_success_belongs_to_the_run_that_began_its_runtime_ago() -> None:
    runs = [
        said("started", 10),
        said("started", 14),
        said("succeeded", 20, runtime_s=10.0),
        said("succeeded", 21, runtime_s=7.0),
    ]
    found = attempts(runs)
    assert [item["runtime_s"] for item in found] == [10.0, 7.0]


def test_replace_sends_the_same_id_again() -> None:
    events = [
        sent(0),
        said("received", 1),
        said("started", 2),
        sent(2.5),
        said("received", 3),
        said("started", 4),
        said("succeeded", 5),
    ]
    assert told(events) == [(1, "STARTED"), (2, "SUCCESS")]


def test_lost_events_of_the_first_attempt_do_not_renumber_the_second() -> None:
    assert told([said("received", 9, retries=2), said("started", 10), said("succeeded", 11)]) == [(3, "SUCCESS")]


def test_a_lost_retry_is_proved_by_the_attempt_after_it() -> None:
    events = [
        said("received", 1),
        said("started", 2),
        said("received", 5, retries=1),
        said("started", 6),
        said("succeeded", 7),
    ]
    assert told(events) == [(1, "RETRY"), (2, "SUCCESS")]
