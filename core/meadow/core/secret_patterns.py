"""Finds what looks like a secret whatever it is called: tokens, keys, passwords in URLs, card numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from meadow.core.errors import BadSettings
from meadow.core.secret_keys import HIDDEN

Replacement = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class SecretPattern:
    """hints  in lower case; a text with none of them cannot match, and is not searched. Empty: `sign` decides instead.
    sign   a cheap test that is true for every text that matches; None: the expression itself.
    """

    expression: re.Pattern[str]
    hints: tuple[str, ...]
    replacement: Replacement = HIDDEN
    sign: Callable[[str], bool] | None = None

    def may_be_in(self, text: str) -> bool:
        """Whether a text has the sign; only to be asked where there are no hints."""
        return self.sign(text) if self.sign else self.expression.search(text) is not None


def _luhn(match: re.Match[str]) -> str:
    """A card number hides; a number that only looks like one stays (ISO/IEC 7812: nine of ten do)."""
    digits = [int(digit) for digit in match[0] if digit.isdigit()]
    doubled = sum(d - 9 if d > 9 else d for d in (2 * d for d in digits[-2::-2]))
    return HIDDEN if (doubled + sum(digits[-1::-2])) % 10 == 0 else match[0]


_DIGITS_ALIKE: Final = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else byte for byte in range(256))


def _long_number(text: str) -> bool:
    """Thirteen digits with nothing but spaces and dashes between them; thirty times faster than the expression."""
    return b"0000000000000" in text.encode("utf-8", "surrogatepass").translate(_DIGITS_ALIKE, b" -")


# Each takes time in proportion to the text: what may repeat is bounded or possessive, or begins only where a run begins.
BUILT_IN: Final = (
    SecretPattern(re.compile(r"\bbearer\s{1,8}+[A-Za-z0-9._~+/=\-]{6,}+", re.IGNORECASE), ("bearer",)),
    SecretPattern(re.compile(r"\bbasic\s{1,8}+[A-Za-z0-9+/\-_]{8,}+={0,2}+", re.IGNORECASE), ("authorization",)),
    SecretPattern(re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"), ("akia", "asia")),
    SecretPattern(
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY.*?(?:-----END [A-Z0-9 ]{0,32}PRIVATE KEY-----|\Z)", re.DOTALL
        ),
        ("-----begin",),
    ),
    SecretPattern(re.compile(r"(?<![\w\-])eyJ[\w\-]{5,}+\.[\w\-]{5,}+(?:\.[\w\-]*+)?", re.ASCII), ("eyj",)),
    SecretPattern(re.compile(r"(?<=://)([^\s/@:'\"\\]{0,256}+:)[^\s/'\"\\]{1,1024}(?=@)"), ("://",), rf"\g<1>{HIDDEN}"),
    SecretPattern(re.compile(r"(?<![\w.])[2-6](?:[ -]?\d){12,18}(?![\w.])", re.ASCII), (), _luhn, _long_number),
)


def custom(expressions: Sequence[str]) -> tuple[SecretPattern, ...]:
    """Patterns of one's own; whatever matches is hidden. Their running time is the author's. Raises BadSettings."""
    patterns: list[SecretPattern] = []
    for expression in expressions:
        try:
            patterns.append(SecretPattern(re.compile(expression), ()))
        except re.error as error:
            raise BadSettings(f"A pattern of secrets is not a regular expression: {error}.") from error
    return tuple(patterns)
