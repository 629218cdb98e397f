"""Cuts long texts to what is worth keeping, visibly: one 18 MB traceback must not stop a batch."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Literal

import orjson

from meadow.core.errors import BadSettings
from meadow.core.events import EventRow
from meadow.core.scrubber import SEEN_CHARS_MAX
from meadow.ingest.messages.decoded import Decoded
from meadow.ingest.messages.fitting import cut_middle, cut_text, shortened
from meadow.ingest.messages.marks import mark_cut

Column = Literal["args", "kwargs", "result", "exception", "traceback"]
COLUMNS: Final[tuple[Column, ...]] = ("args", "kwargs", "result", "exception", "traceback")
FIELD_SHARE: Final = 2  # one member of `fields` may take half of it once it has to be cut


@dataclass(frozen=True, slots=True)
class TrimSettings:
    """The longest each column may be, in characters, `…` included; 64 to 65 536. letter_bytes: of a dead letter's body."""

    args: int = 4096
    kwargs: int = 4096
    result: int = 4096
    exception: int = 8192
    traceback: int = 65_536
    fields: int = 16_384
    letter_bytes: int = 65_536

    def __post_init__(self) -> None:
        for one in fields(self):
            if not 64 <= getattr(self, one.name) <= SEEN_CHARS_MAX:
                raise BadSettings(f"The longest {one.name} that is kept can be 64 to {SEEN_CHARS_MAX}.")


@dataclass(slots=True)
class Trim:
    """Cuts what is longer than its limit.

    In     events and dead letters, redacted: a cut must not leave half a secret.
    Out    the same; what was cut has a `…` and its length before in the row's marks. Of a traceback three
           quarters of the room go to its end: the last lines say what happened.
    Never  drops an event.
    """

    settings: TrimSettings

    def __call__(self, batch: Decoded) -> Decoded:
        """Changes the rows in place."""
        for column in COLUMNS:
            limit = getattr(self.settings, column)
            for row in [row for row in batch.events if len(row.get(column, "")) > limit]:
                _cut(row, column, limit)
        for row in [row for row in batch.events if len(row.get("fields", "")) > self.settings.fields]:
            self._fields(row)
        for letter in batch.dead:
            letter.body = letter.body[: self.settings.letter_bytes]
        return batch

    def _fields(self, row: EventRow) -> None:
        mark_cut(row, {"fields": len(row["fields"])})
        limit = self.settings.fields
        row["fields"] = orjson.dumps(shortened(orjson.loads(row["fields"]), limit, limit // FIELD_SHARE)).decode()


def _cut(row: EventRow, column: Column, limit: int) -> None:
    text = row[column]
    mark_cut(row, {column: len(text)})
    row[column] = cut_middle(text, limit, limit * 3 // 4) if column == "traceback" else cut_text(text, limit)
