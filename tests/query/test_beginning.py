"""Since when starts are missing, told from steps: hours without a break, and nothing that is not known."""

from __future__ import annotations

from meadow.query.problems.beginning import HOUR_STEPS, STEP_MS, began_ms
from meadow.query.problems.problem import Kind
from meadow.query.problems.thresholds import THRESHOLDS

COUNT = 90  # steps that were read
GOOD, SHORT, BLIND, IDLE = (100, 100), (90, 100), (0, 100), (0, 0)


def began(kind: Kind, *parts: tuple[int, tuple[int, int]]) -> int | None:
    """Number of the step it began in, of COUNT; parts: so many steps of a kind, the eldest first, which fill them."""
    rows = [row for count, row in parts for _ in range(count)]
    assert len(rows) == COUNT
    steps = {number * STEP_MS: row for number, row in enumerate(rows) if row != IDLE}
    found_ms = began_ms(kind, steps, (COUNT - 1) * STEP_MS, 0, THRESHOLDS)
    return found_ms // STEP_MS if found_ms is not None else None


def test_it_began_with_the_first_step_that_lacked_some() -> None:
    assert began("incomplete", (60, GOOD), (30, SHORT)) == 60
    assert began("no_events", (60, GOOD), (30, BLIND)) == 60
    assert began("incomplete", (60, GOOD), (30, BLIND)) == 60


def test_one_bad_step_of_the_hour_is_told_and_one_before_it_is_not() -> None:
    assert began("incomplete", (80, GOOD), (1, SHORT), (9, GOOD)) == 80
    assert began("incomplete", (40, GOOD), (1, SHORT), (39, GOOD), (1, SHORT), (9, GOOD)) == 80


def test_a_break_of_less_than_an_hour_is_none() -> None:
    assert began("incomplete", (60, GOOD), (5, SHORT), (6, GOOD), (19, SHORT)) == 60
    assert began("incomplete", (60, GOOD), (5, SHORT), (6, IDLE), (19, SHORT)) == 60


def test_hours_without_work_end_it() -> None:
    assert began("no_events", (40, BLIND), (30, IDLE), (20, BLIND)) == 70


def test_what_began_before_the_steps_that_were_read_is_not_known() -> None:
    assert began("incomplete", (COUNT, SHORT)) is None
    assert began("incomplete", (HOUR_STEPS, GOOD), (COUNT - HOUR_STEPS, SHORT)) == HOUR_STEPS


def test_what_no_step_tells_is_not_known() -> None:
    assert began("incomplete", (COUNT, GOOD)) is None
