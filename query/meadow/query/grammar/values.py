"""A field's value as it was written, read by the field's kind."""

from __future__ import annotations

import re

from meadow.core.times import read_ms
from meadow.query.grammar.fields import SHOWN_AS, Field
from meadow.query.grammar.lex import Piece
from meadow.query.grammar.refusal import refusal
from meadow.query.grammar.terms import Known, Pair, Pattern, Span, Text, Way, Whole

VALUE_CHARS_MAX = 255
DAY_MS = 86_400_000
RETRIES_MAX = 65_535
UNIT_S = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_KEY = re.compile(r"[^\W\d]\w*")
_TEXT_OPERATORS = ("", "=")


def read(field: Field, piece: Piece, now_s: float) -> tuple[Way, ...]:
    """Any of them matches. Raises BadQuestion naming the place."""
    if len(piece.text) > VALUE_CHARS_MAX:
        at_most = f"at most {VALUE_CHARS_MAX} characters"
        raise refusal(f"This value is {len(piece.text)} characters long.", piece, at_most)
    if piece.text == "*" and not piece.operator and not piece.quoted:
        return (Known(),)
    if field.kind in ("text", "choice") and piece.operator not in _TEXT_OPERATORS:
        raise refusal(f"`{field.name}` cannot be compared by `{piece.operator}`.", piece, field.takes)
    if field.kind == "text":
        return (_text(field, piece),)
    if field.kind == "choice":
        return _states(piece)
    try:
        return (_span(field, piece, now_s),)
    except (ValueError, OverflowError) as error:
        raise refusal(f"`{field.name}` takes {field.takes}.", piece, field.takes) from error


def _text(field: Field, piece: Piece) -> Way:
    if piece.operator or not piece.text:
        return Whole(piece.text)
    key, equals, value = piece.text.partition("=")
    if field.name == "kwargs" and equals and _KEY.fullmatch(key):
        return Pair(key, value)
    if field.wildcard and "*" in piece.text and not piece.quoted:
        return Pattern(piece.text)
    return Text(piece.text)


def _states(piece: Piece) -> tuple[Way, ...]:
    """The page's word stands for Celery's state, and for a custom one of that name."""
    said = piece.text.upper()
    return tuple(Whole(state) for state in dict.fromkeys((said, SHOWN_AS.get(said, said))))


def _span(field: Field, piece: Piece, now_s: float) -> Span:
    """Every value is the stretch it names: a date is its whole day, an instant a millisecond."""
    low, dots, high = piece.text.partition("..")
    if dots and not piece.operator:
        if not low and not high:
            raise ValueError(piece.text)
        span = Span(_ends(field, low, now_s)[0] if low else None, _ends(field, high, now_s)[1] if high else None)
        if span.low is not None and span.high is not None and span.low > span.high:
            raise ValueError(piece.text)
        return span
    first, last = _ends(field, piece.text, now_s)
    match piece.operator:
        case ">":
            return Span(low=last, low_out=True)
        case ">=":
            return Span(low=first)
        case "<":
            return Span(high=first, high_out=True)
        case "<=":
            return Span(high=last)
        case _:
            return Span(first, last)


def _ends(field: Field, text: str, now_s: float) -> tuple[float, float]:
    """The first and the last of what a value names. Raises ValueError."""
    if field.kind == "time":
        first_ms = read_ms(text, now_s)
        return first_ms, first_ms + (DAY_MS - 1 if _DATE.fullmatch(text) else 0)
    if field.kind == "number":
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise ValueError(text)
        number = min(int(text), RETRIES_MAX + 1)
        return number, number
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(text)
    seconds = float(found[1]) * UNIT_S[found[2] or "s"]
    return seconds, seconds
