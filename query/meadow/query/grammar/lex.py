"""From the text to tokens, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from meadow.query.grammar.refusal import refusal

Kind = Literal["open", "close", "minus", "not", "and", "or", "text", "field"]
WORDS: dict[str, Kind] = {"NOT": "not", "AND": "and", "OR": "or"}
MARKS: dict[str, Kind] = {"(": "open", ")": "close"}
QUOTE_IT = 'text in quotation marks: "…"'
_FIELD = re.compile(r"([A-Za-z_]\w*):", re.ASCII)
_OPERATOR = re.compile(r">=|<=|>|<|=|")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Piece:
    """One of a field's values. operator: >=, <=, >, <, = or "". quoted: then nothing in it has a meaning of its own."""

    text: str
    operator: str
    quoted: bool
    position: int
    length: int


@dataclass(frozen=True, slots=True)
class Token:
    """text: of a word, without its quotation marks, or the field's name. position, length: characters, from 0."""

    kind: Kind
    text: str
    position: int
    length: int
    quoted: bool = False
    pieces: tuple[Piece, ...] = ()


def tokens(text: str) -> Iterator[Token]:
    """In their order. Raises BadQuestion for a quotation that does not end and a field without a value."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token(text, at)
        yield token
        at = token.position + token.length


def _token(text: str, at: int) -> Token:
    if text[at] in MARKS:
        return Token(MARKS[text[at]], text[at], at, 1)
    if text[at] == "-" and not _ends(text, at + 1):
        return Token("minus", "-", at, 1)
    if text[at] == '"':
        inner, length = _quoted(text, at)
        return Token("text", inner, at, length, quoted=True)
    if field := _FIELD.match(text, at):
        pieces = tuple(_pieces(text, field))
        last = pieces[-1]
        return Token("field", field[1], at, last.position + last.length - at, pieces=pieces)
    word = text[at : _bare_end(text, at)]
    return Token(WORDS.get(word, "text"), word, at, len(word))


def _ends(text: str, at: int) -> bool:
    return at >= len(text) or text[at].isspace() or text[at] == ")"


def _quoted(text: str, at: int) -> tuple[str, int]:
    r"""The inside, with \" and \\ read, and how long it is with its quotation marks."""
    found = _QUOTED.match(text, at)
    if not found:
        raise refusal("This quotation does not end.", Token("text", "", at, len(text) - at), 'a closing "')
    return _ESCAPED.sub(r"\1", found[1]), len(found[0])


def _pieces(text: str, field: re.Match[str]) -> Iterator[Piece]:
    """Values divided by commas."""
    at = field.end()
    while True:
        piece = _piece(text, at)
        if not piece.text and not piece.quoted:
            place = Token("field", "", field.start(), max(piece.position + piece.length, field.end()) - field.start())
            raise refusal(f"`{field[1][:64]}:` has no value here.", place, "a value directly behind `:` or `,`")
        yield piece
        at = piece.position + piece.length
        if text[at : at + 1] != ",":
            return
        at += 1


def _piece(text: str, at: int) -> Piece:
    operator = (_OPERATOR.match(text, at) or "")[0]
    begin = at + len(operator)
    if text[begin : begin + 1] == '"':
        inner, length = _quoted(text, begin)
        return Piece(inner, operator, True, at, len(operator) + length)
    bare = text[begin : _bare_end(text, begin, comma_ends=True)]
    return Piece(bare, operator, False, at, len(operator) + len(bare))


def _bare_end(text: str, at: int, *, comma_ends: bool = False) -> int:
    """Where a word ends: at a blank, or at a `)` that closes none of its own."""
    depth = 0
    while at < len(text) and not text[at].isspace():
        if comma_ends and text[at] == "," and not depth:
            break
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth < 0:
            break
        at += 1
    return at
