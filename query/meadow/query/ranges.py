"""A range of time in equal steps, as it was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from meadow.core.errors import BadQuestion
from meadow.query.ask import Ask

STEPS_S = {"1m": 60, "5m": 300, "15m": 900, "1h": 3_600, "1d": 86_400}
POINTS_MAX = 1_500
AUTO_POINTS_MAX = 750


@dataclass(frozen=True, slots=True)
class Range:
    """[since, until): since is a multiple of the step."""

    since_ms: int
    until_ms: int
    step_ms: int


def range_of(ask: Ask, now_s: float, *, auto_points_max: int = AUTO_POINTS_MAX) -> Range:
    """By `from`, `to` and `step`. Raises BadQuestion for a range without time in it, or of too many points."""
    since_ms, until_ms = ask.time_ms("from") or 0, ask.time_ms("to")
    until_ms = until_ms if until_ms is not None else int(now_s * 1000)
    if since_ms >= until_ms:
        raise BadQuestion("`from` must be before `to`.", field="from", accepts="a time before `to`")
    step_ms = _step_ms(ask.text("step"), until_ms - since_ms, auto_points_max)
    since_ms -= since_ms % step_ms
    points = -(-(until_ms - since_ms) // step_ms)
    if points > POINTS_MAX:
        text = f"That is {points} points; at most {POINTS_MAX} are answered. Take a longer step or a shorter range."
        least_s = -(-(until_ms - since_ms) // POINTS_MAX // 1000)
        raise BadQuestion(text, field="step", accepts=f"a step of at least {least_s} s")
    return Range(since_ms, until_ms, step_ms)


def _step_ms(step: str, range_ms: int, points_max: int) -> int:
    if step != "auto":
        return STEPS_S[step] * 1000
    fitting = [step_s for step_s in STEPS_S.values() if range_ms / 1000 / step_s <= points_max]
    return next(iter(fitting), STEPS_S["1d"]) * 1000
