"""One way in which a field can match, as an expression over a row of `tasks`."""

from __future__ import annotations

from typing import assert_never

from meadow.query.grammar.fields import Field
from meadow.query.grammar.parse import lowered
from meadow.query.grammar.terms import Known, Pair, Pattern, Span, Text, Way, Whole
from meadow.query.grammar.words import Bound, Found, begins, has_words

SPANS = {"number": "Int64", "duration": "Float32", "time": "Int64"}


def way_of(field: Field, way: Way, found: Found, bound: Bound, *, payload: bool) -> str:
    """Without `payload` of an exception only its type is looked at."""
    column = "exception_type" if field.name == "exception" and not payload else field.column
    match way:
        case Known():
            said = f"({field.known})"
        case Text():
            said = _text(field, column, way.text, found, bound)
        case Whole():
            said = f"{'exception_type' if field.name == 'exception' else column} = {bound.put(way.text, 'String')}"
        case Pattern():
            said = f"({field.known} AND lower({column}) LIKE {bound.put(_like(way.text), 'String')})"
        case Pair():
            said = _pair(way, bound)
        case Span():
            said = _span(field, way, bound)
        case _:
            assert_never(way)
    return said


def _text(field: Field, column: str, text: str, found: Found, bound: Bound) -> str:
    if field.match == "begins":
        return begins(column, text, found, bound)
    return f"position(lower({column}), {bound.put(lowered(text), 'String')}) > 0"


def _like(pattern: str) -> str:
    for special in ("\\", "%", "_"):
        pattern = pattern.replace(special, f"\\{special}")
    return lowered(pattern).replace("*", "%")


def _pair(pair: Pair, bound: Bound) -> str:
    """As Python writes a dictionary, and as JSON does; the value with its quotation marks or without."""
    keys = [f"{mark}{pair.key}{mark}:{blank}" for mark in "'\"" for blank in (" ", "")]
    ends = [f"{pair.value},", f"{pair.value}}}", f"'{pair.value}'", f'"{pair.value}"']
    written = bound.put([key + end for key in keys for end in ends], "Array(String)")
    words = has_words(lowered(f"{pair.key} {pair.value}"), bound)
    return f"({' AND '.join((*words, f'multiSearchAny(kwargs, {written})'))})"


def _span(field: Field, span: Span, bound: Bound) -> str:
    kind = SPANS[field.kind]
    value = f"toUnixTimestamp64Milli({field.column})" if field.kind == "time" else field.column
    said = [f"({field.known})"]
    for end, sign in ((span.low, ">" if span.low_out else ">="), (span.high, "<" if span.high_out else "<=")):
        if end is not None:
            said.append(f"{value} {sign} {bound.put(end, kind)}")
    return f"({' AND '.join(said)})"
