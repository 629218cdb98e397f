"""Finds values that are named as secrets, in any text: Python reprs, JSON, assignments, headers, query strings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

HIDDEN = "***"
DEFAULT_KEYS = (
    "password", "passwd", "passphrase", "pwd", "secret", "token", "api_key", "access_key", "private_key", "credential",
    "authorization", "cookie", "session_id", "card_number", "cvv", "cvc",
)  # fmt: skip
_NOTHING = frozenset({"", "''", '""', "None", "null", "none", "True", "False", "true", "false"})
_HEADERS = frozenset({"authorization", "cookie"})
_OPENING = ("(", "[", "{")
_WORD = re.compile(r"[^\s,;&\\'\"()\[\]{}]++")
_HEADER = re.compile(r"[^\r\n'\"\\]*+")
_QUOTE = re.compile(r"([bBrRuUfF]{0,2}+)(\\*+)(['\"])")
_STRUCTURE = re.compile(r"(?<!\\)(\\*+)(['\"])|[()\[\]{}]")
_QUOTE_ENDS = {quote: re.compile(rf"(?<!\\)(\\*+){quote}") for quote in "'\""}


class SecretKeys:
    """Replaces what follows a secret's name by `***`.

    A name is secret when one of the keys is in it, whatever its case: `DB_PASSWORD`, `X-Api-Key`, `clientSecret`. `_` in a key
    stands for any one of `_`, `-`, `.`, space, or nothing. The value is a quoted text, a bracketed structure, a header's line,
    or a word. What is not closed, because it was cut, is hidden to the end of the text.
    hints: a text that has none of them, in lower case, holds no such name.
    Takes time in proportion to the length of the text, whatever is in it.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        words = [_pattern(key) for key in keys]
        self._name = re.compile(
            rf"(?P<key>{'|'.join(words)})[\w\-]{{0,40}}+(?:\\{{0,8}}+['\"])?+\s{{0,8}}+(?:=>|==?|:)\s{{0,8}}+",
            re.IGNORECASE,
        )
        self._key = re.compile("|".join(words), re.IGNORECASE)
        self.hints = frozenset(key.lower().partition("_")[0] for key in keys)

    def names(self, key: str) -> bool:
        """Whether what has this name is a secret."""
        return self._key.search(key) is not None

    def hide(self, text: str) -> str:
        """The text with every such value replaced."""
        return "".join(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[str]:
        done = 0
        while match := self._name.search(text, done):
            begin = match.end()
            yield text[done:begin]
            done = _value_end(text, begin, header=match["key"].lower() in _HEADERS)
            yield _hidden(text[begin:done])
        yield text[done:]


def _value_end(text: str, begin: int, *, header: bool) -> int:
    """Where the value that begins here ends. header: a bare value goes on to the end of its line."""
    if quote := _QUOTE.match(text, begin):
        return _quoted_end(text, quote.end(), len(quote[2]), quote[3])
    if header and text.startswith(HIDDEN, begin):  # hidden before
        return begin + len(HIDDEN)
    if header and not text.startswith(_OPENING, begin) and (line := _HEADER.match(text, begin)):
        return line.end()
    at = begin
    while at < len(text):
        if text[at] in _OPENING:
            at = _bracketed_end(text, at)
        elif word := _WORD.match(text, at):
            at = word.end()
        else:
            break
    return at


def _quoted_end(text: str, begin: int, backslashes: int, quote: str) -> int:
    """The end of a text opened by so many backslashes and a quote: past the next quote with no more backslashes than that; or,
    when it was opened by a bare quote, past the next one that no backslash escapes."""
    if not backslashes and text.startswith(quote * 2, begin):
        end = text.find(quote * 3, begin + 2)
        return len(text) if end < 0 else end + 3
    for end_quote in _QUOTE_ENDS[quote].finditer(text, begin):
        escapes = len(end_quote[1])
        if escapes <= backslashes or (not backslashes and escapes % 2 == 0):
            return end_quote.end()
    return len(text)


def _bracketed_end(text: str, begin: int) -> int:
    """Past the bracket that closes the one here; brackets in quoted texts do not count."""
    depth, at = 0, begin
    while found := _STRUCTURE.search(text, at):
        if found[2]:
            at = _quoted_end(text, found.end(), len(found[1]), found[2])
            continue
        at = found.end()
        depth += 1 if found[0] in _OPENING else -1
        if depth == 0:
            return at
    return len(text)


def _pattern(key: str) -> str:
    return r"[_\-. ]?".join(re.escape(part) for part in key.split("_"))


def _hidden(value: str) -> str:
    """Quotes stay, so that what was JSON stays JSON."""
    if value in _NOTHING:
        return value
    opened = _QUOTE.match(value)
    if opened is None:
        return HIDDEN
    quote = opened[2] + opened[3]
    closed = value.endswith(quote) and len(value) > opened.end()
    return f"{opened[0]}{HIDDEN}{quote if closed else ''}"
