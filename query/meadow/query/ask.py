"""What was asked: a query string read by its declared parameters, bounded here, refused by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from meadow.core.errors import BadQuestion
from meadow.core.operations import Operation, Parameter
from meadow.core.times import ACCEPTS, read_ms
from meadow.query.cursors import Cursor, read_cursor


@dataclass(frozen=True, slots=True)
class Ask:
    """The values of one request, under the names of the declaration; what was left out has its default."""

    values: Mapping[str, tuple[Any, ...]]

    def texts(self, name: str) -> list[str]:
        """All repeats, in their order; empty when left out."""
        return [str(value) for value in self.values.get(name, ())]

    def text(self, name: str) -> str:
        """The one value, "" when left out."""
        return next(iter(self.texts(name)), "")

    def number(self, name: str) -> int:
        """A declared number with a default or `required`."""
        return int(self.values[name][0])

    def time_ms(self, name: str) -> int | None:
        values = self.values.get(name, ())
        return int(values[0]) if values else None

    def cursor(self, *shape: type) -> Cursor | None:
        """The place it names, of parts of these types. Raises BadQuestion when it is another."""
        values = self.values.get("cursor", ())
        if not values:
            return None
        place = tuple(values[0])
        if [type(part) for part in place] != list(shape):
            raise BadQuestion(
                "`cursor` is not of this list.", field="cursor", accepts="what `next` of the page before said"
            )
        return place


def read(request: web.Request, operation: Operation, now_s: float) -> Ask:
    """Raises BadQuestion naming the parameter (`field`) and what it takes (`accepts`). aiohttp 3.14 itself refuses an
    address longer than 8190 bytes."""
    _refuse_unknown(request, operation)
    values = {p.name: _values(request, p, operation, now_s) for p in operation.parameters if p.place != "header"}
    return Ask(values)


def _refuse_unknown(request: web.Request, operation: Operation) -> None:
    known = [p.name for p in operation.parameters if p.place == "query"]
    for name in request.query:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            raise BadQuestion(f"There is no parameter `{name[:64]}` here.{hint}", field=name[:64], accepts=known)


def _values(request: web.Request, declared: Parameter, operation: Operation, now_s: float) -> tuple[Any, ...]:
    given = _given(request, declared)
    if not given and declared.required:
        raise BadQuestion(f"`{declared.name}` is missing.", field=declared.name, accepts=declared.meaning)
    if len(given) > declared.repeats_max:
        text = f"`{declared.name}` stands {len(given)} times; at most {declared.repeats_max} are accepted."
        raise BadQuestion(text, field=declared.name, accepts=declared.repeats_max)
    return tuple(_value(text, declared, operation, now_s) for text in given)


def _given(request: web.Request, declared: Parameter) -> list[str]:
    if declared.place == "path":
        return [request.match_info[declared.name]]
    given = [text for text in request.query.getall(declared.name, []) if text != ""]
    return given or ([declared.default] if declared.default else [])


def _value(text: str, declared: Parameter, operation: Operation, now_s: float) -> Any:
    try:
        match declared.kind:
            case "time":
                return read_ms(text, now_s)
            case "number":
                return _number(text, declared)
            case "choice":
                return _choice(text, declared)
            case "flag":
                return {"true": True, "false": False}[text.lower()]
            case "cursor":
                return read_cursor(text, operation.path)
            case "text":
                return _text(text, declared)
    except (ValueError, KeyError, OverflowError) as error:
        accepts = _accepts(declared)
        raise BadQuestion(f"`{declared.name}` takes {accepts}.", field=declared.name, accepts=accepts) from error


def _number(text: str, declared: Parameter) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError(text)
    number = int(text)
    if not declared.at_least <= number <= declared.at_most:
        raise ValueError(text)
    return number


def _choice(text: str, declared: Parameter) -> str:
    if text not in declared.choices:
        raise ValueError(text)
    return text


def _text(text: str, declared: Parameter) -> str:
    if len(text) > declared.at_most or "\x00" in text:
        raise ValueError(text)
    text.encode()  # a lone surrogate is a ValueError, and the store would refuse it
    return text


def _accepts(declared: Parameter) -> str:
    match declared.kind:
        case "time":
            return ACCEPTS
        case "number":
            return f"a whole number from {declared.at_least} to {declared.at_most}"
        case "choice":
            return "one of " + ", ".join(declared.choices)
        case "flag":
            return "true or false"
        case "cursor":
            return "what `next` of the page before said"
        case "text":
            return f"text of at most {declared.at_most} characters"
