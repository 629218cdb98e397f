"""Hides secrets in one text, one JSON value or one body, by the names before them and by what they look like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from meadow.core.secret_keys import HIDDEN, SecretKeys
from meadow.core.secret_patterns import SecretPattern

SCANNED_CHARS_MAX = 1_048_576
SEEN_CHARS_MAX = 65_536  # no column keeps more than this, of either end
NUMBER_DIGITS_MIN = 12


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Signs of secrets that some text of a batch has: words in lower case, and patterns without any."""

    hints: tuple[str, ...]
    always: tuple[SecretPattern, ...]

    def falls_on(self, texts: Iterable[str]) -> bool:
        """Whether these have such a sign."""
        joined = "\n".join(texts)
        lowered = joined.lower()
        for hint in self.hints:
            if hint in lowered:
                return True
        return any(pattern.may_be_in(joined) for pattern in self.always)


class Scrubber:
    """keys: see SecretKeys. patterns: run in their order, before the keys: a bare header's value may be two words."""

    def __init__(self, keys: Sequence[str], patterns: Sequence[SecretPattern]) -> None:
        self._keys = SecretKeys(keys) if keys else None
        hinted = [hint for pattern in patterns for hint in pattern.hints]
        self._hints = tuple(sorted({*(self._keys.hints if self._keys else ()), *hinted}))
        self._always = tuple(pattern for pattern in patterns if not pattern.hints)
        self._patterns = tuple(patterns)

    def suspicion(self, texts: Iterable[str]) -> Suspicion | None:
        """What to look for in these texts; None when there can be no secret in any of them. Costs one pass over all of them
        together, which spares most events all else."""
        joined = "\n".join(texts)
        lowered = joined.lower()
        hints = tuple(hint for hint in self._hints if hint in lowered)
        always = tuple(pattern for pattern in self._always if pattern.may_be_in(joined))
        return Suspicion(hints, always) if hints or always else None

    def text(self, text: str) -> str:
        """The text without its secrets. Of one longer than SCANNED_CHARS_MAX the middle is left out first. Where so much of it
        was hidden that this cut, and with it half a secret, could come within what a column keeps, all of it is hidden."""
        if len(text) <= SCANNED_CHARS_MAX:
            return self._clean(text)
        half = SCANNED_CHARS_MAX // 2
        head, tail = self._clean(text[:half]), self._clean(text[-half:])
        return f"{head}…{tail}" if min(len(head), len(tail)) > SEEN_CHARS_MAX else HIDDEN

    def value(self, value: Any, key: str = "") -> Any:
        """A JSON value without its secrets; key: what it is called."""
        if key and value not in (None, "", True, False) and self._keys and self._keys.names(key):
            return HIDDEN
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(name): self.value(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return self._number(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def body(self, body: bytes) -> bytes:
        """A body that is text, or nearly; bytes that are not UTF-8 are kept."""
        text = body.decode("utf-8", "surrogateescape")
        clean = self.text(text)
        return body if clean == text else clean.encode("utf-8", "surrogateescape")

    def fields(self, fields: str) -> str:
        """A JSON object as text."""
        return orjson.dumps(self.value(orjson.loads(fields))).decode()

    def _number(self, value: int) -> int | str:
        shown = str(value)
        return HIDDEN if len(shown) > NUMBER_DIGITS_MIN and self._clean(shown) != shown else value

    def _clean(self, text: str) -> str:
        lowered = text.lower()
        clean = text
        for pattern in self._patterns:
            if not pattern.hints or any(hint in lowered for hint in pattern.hints):
                clean = pattern.expression.sub(pattern.replacement, clean)
        if self._keys and any(hint in lowered for hint in self._keys.hints):
            clean = self._keys.hide(clean)
        return clean
