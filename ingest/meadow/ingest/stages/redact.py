"""Hides secrets before an event leaves this process: in arguments, results, errors and everything else a task said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from meadow.core.events import EventRow
from meadow.core.scrubber import SCANNED_CHARS_MAX, Scrubber
from meadow.core.secret_keys import DEFAULT_KEYS
from meadow.core.secret_patterns import BUILT_IN, custom
from meadow.ingest.messages.decoded import DeadLetter, Decoded
from meadow.ingest.messages.marks import mark_cut, mark_redacted

Payload = Literal["args", "kwargs", "result", "exception", "traceback", "fields"]
PAYLOADS: Final[tuple[Payload, ...]] = ("args", "kwargs", "result", "exception", "traceback", "fields")
WITHHELD: Final = " Its body is not text, so secrets could not be hidden in it, and it was not kept."


@dataclass(frozen=True, slots=True)
class RedactSettings:
    """enabled       off: events are kept as they were said.
    keys          names of secrets, see SecretKeys; replaces the default list. extra_keys: beside it.
    patterns      regular expressions beside the built-in ones; built_in off: instead of them. Their running time is the
                  author's to answer for.
    """

    enabled: bool = True
    keys: tuple[str, ...] = DEFAULT_KEYS
    extra_keys: tuple[str, ...] = ()
    built_in: bool = True
    patterns: tuple[str, ...] = ()


@dataclass(slots=True)
class Redact:
    """Replaces secrets by `***`, and names the columns in the row's marks.

    In      events with payloads in full length; dead letters.
    Out     the same; the body of a dead letter that is not text is left out.
    Never   drops an event, or takes more time than in proportion to its length.
    Misses  a secret that has no name and no known look: `f("bob", "hunter2")` shows both.
    """

    settings: RedactSettings
    _scrubber: Scrubber = field(init=False)

    def __post_init__(self) -> None:
        patterns = (*(BUILT_IN if self.settings.built_in else ()), *custom(self.settings.patterns))
        self._scrubber = Scrubber((*self.settings.keys, *self.settings.extra_keys), patterns)

    def __call__(self, batch: Decoded) -> Decoded:
        """Changes the rows in place."""
        if self.settings.enabled:
            self._events(batch.events)
            for letter in batch.dead:
                self._letter(letter)
        return batch

    def _events(self, rows: list[EventRow]) -> None:
        suspicion = self._scrubber.suspicion(row[column] for column in PAYLOADS for row in rows if column in row)
        if suspicion is not None:
            for row in rows:
                if suspicion.falls_on(row[column] for column in PAYLOADS if column in row):
                    self._event(row)

    def _event(self, row: EventRow) -> None:
        redacted: list[str] = []
        for column in PAYLOADS:
            text = row.get(column)
            if not text:
                continue
            clean = self._scrubber.fields(text) if column == "fields" else self._scrubber.text(text)
            if len(text) > SCANNED_CHARS_MAX:
                mark_cut(row, {column: len(text)})
            if clean != text:
                row[column] = clean
                redacted.append(column)
        if redacted:
            mark_redacted(row, redacted)

    def _letter(self, letter: DeadLetter) -> None:
        if letter.binary:
            letter.body, letter.detail = b"", letter.detail + WITHHELD
        else:
            letter.body = self._scrubber.body(letter.body)
