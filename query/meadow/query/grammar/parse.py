"""From tokens to a tree: blanks and AND bind closer than OR, `-` and NOT closest, parentheses first."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

from meadow.core.errors import BadQuestion
from meadow.core.scope import Permission
from meadow.query.grammar.fields import FIELDS, Field
from meadow.query.grammar.lex import QUOTE_IT, Token, tokens
from meadow.query.grammar.refusal import refusal
from meadow.query.grammar.terms import All, Any, Node, Not, Term, Word
from meadow.query.grammar.values import read

TOKENS_MAX = 128
WORDS_MAX = 8  # each is looked for in every text, which is the dearest there is
VALUES_MAX = 100
DEPTH_MAX = 5
_LOWER = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
)  # the store's lower() knows ASCII only
A_TERM = f"a term, or {QUOTE_IT}"
UNOPENED = "There is no ( for this one."
_PLACES = {"and": "AND", "or": "OR", "not": "NOT", "minus": "-"}


def lowered(text: str) -> str:
    """As the store's lower() makes it."""
    return text.translate(_LOWER)


def parse(text: str, now_s: float, permissions: frozenset[Permission]) -> Node | None:
    """None for nothing. Raises BadQuestion with `position` and `length` in the text for what cannot be read, is too much, or
    is of a field that the caller may not see."""
    found = list(tokens(text))
    if not found:
        return None
    parser = _Parser(found, now_s, permissions)
    node = parser.any_of(0)
    if left := parser.peek():
        raise refusal(UNOPENED, left, QUOTE_IT)
    return node


@dataclass(slots=True)
class _Parser:
    found: Sequence[Token]
    now_s: float
    permissions: frozenset[Permission]
    at: int = 0
    words: int = field(default=0)
    values: int = field(default=0)

    def __post_init__(self) -> None:
        if len(self.found) > TOKENS_MAX:
            raise refusal(f"At most {TOKENS_MAX} terms are searched for.", self.found[TOKENS_MAX], TOKENS_MAX)

    def peek(self) -> Token | None:
        return self.found[self.at] if self.at < len(self.found) else None

    def any_of(self, depth: int) -> Node:
        nodes = [self._all_of(depth)]
        while self._take("or"):
            nodes.append(self._all_of(depth))
        return Any(tuple(nodes)) if len(nodes) > 1 else nodes[0]

    def _all_of(self, depth: int) -> Node:
        nodes = [self._one(depth)]
        while (token := self.peek()) and token.kind not in ("or", "close"):
            self._take("and")
            nodes.append(self._one(depth))
        return All(tuple(nodes)) if len(nodes) > 1 else nodes[0]

    def _one(self, depth: int) -> Node:
        """What one AND or OR joins."""
        negated = False
        while self._take("not", "minus"):
            negated = not negated
        token = self.peek()
        if token is None or token.kind in ("and", "or", "close"):
            raise self._missing(token)
        self.at += 1
        node = self._group(token, depth) if token.kind == "open" else self._leaf(token)
        return Not(node) if negated else node

    def _group(self, opening: Token, depth: int) -> Node:
        if depth >= DEPTH_MAX:
            raise refusal("These parentheses are too deep.", opening, f"at most {DEPTH_MAX} levels of parentheses")
        node = self.any_of(depth + 1)
        if not self._take("close"):
            raise refusal("This ( is not closed.", opening, "a closing )")
        return node

    def _leaf(self, token: Token) -> Node:
        if token.kind == "field":
            return self._term(token)
        self.words += 1
        if self.words > WORDS_MAX:
            at_most = f"at most {WORDS_MAX} words or phrases"
            raise refusal(f"This is one more than {WORDS_MAX} words or phrases.", token, at_most)
        if not token.text.strip():
            raise refusal("There is nothing in this quotation.", token, QUOTE_IT)
        return Word(lowered(token.text), token.text, token.quoted)

    def _term(self, token: Token) -> Term:
        named = self._field(token)
        self.values += len(token.pieces)
        if self.values > VALUES_MAX:
            raise refusal(f"At most {VALUES_MAX} values are searched for.", token, VALUES_MAX)
        return Term(named, tuple(way for piece in token.pieces for way in read(named, piece, self.now_s)))

    def _field(self, token: Token) -> Field:
        place = Token("field", token.text, token.position, len(token.text))
        named = FIELDS.get(token.text.lower())
        if named is None:
            near = difflib.get_close_matches(token.text.lower()[:64], FIELDS, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            detail = f"There is no field `{token.text[:64]}`.{hint} In quotation marks it is searched for as text."
            raise refusal(detail, place, list(FIELDS))
        if named.needs and named.needs not in self.permissions:
            detail = f"`{named.name}` is hidden from you: searching it needs the permission {named.needs}."
            raise refusal(detail, place, "fields that you may see", needs=str(named.needs))
        return named

    def _take(self, *kinds: str) -> bool:
        token = self.peek()
        if token is None or token.kind not in kinds:
            return False
        self.at += 1
        return True

    def _missing(self, here: Token | None) -> BadQuestion:
        """Nothing where a term must be; `here` is None at the end of the text."""
        before = self.found[self.at - 1] if self.at else None
        if before is not None and before.kind in _PLACES:
            return refusal(f"{_PLACES[before.kind]} has nothing behind it.", before, A_TERM)
        if before is not None and before.kind == "open":
            return refusal("There is nothing in these parentheses.", before, A_TERM)
        place = here or self.found[-1]
        if place.kind == "close":
            return refusal(UNOPENED, place, QUOTE_IT)
        return refusal(f"{_PLACES[place.kind]} has nothing before it.", place, A_TERM)
