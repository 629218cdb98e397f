"""Reads a TOML file, and says of one that is none where it stops being one, and what would do: never what stands there, which
may be a password."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from meadow.core.errors import BadSettings

PLACE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
KEY = re.compile(r"\s*([A-Za-z0-9_-]{1,60})\s*=")
# How to mend it, by what tomllib says first. Its words differ between versions of Python: those it does not know get ANY.
MENDS = {
    "Invalid value": "A text stands in quotes, a truth is true or false, a number has digits alone.",
    "Cannot overwrite": "A name stands once in its table.",
    "Cannot declare": "A table stands once.",
    "Unescaped '\\'": "Write \\\\ for each \\, or put the text in single quotes.",
    "Illegal character": "A text ends on its line, with the quote that it began with.",
    "Unterminated": "A text ends on its line, with the quote that it began with.",
    "Unclosed": "Close what was opened: [ with ], { with }.",
}
ANY = 'A line is name = "text", name = 1, or the [name] of a table; what follows # is not read.'


def parsed(path: Path) -> dict[str, Any]:
    """What the file says. Raises BadSettings when it is not there, cannot be read or does not parse."""
    text = _text(path)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadSettings(f"{path} does not parse: it is nested too deeply. No setting has lists in lists.") from None
    except ValueError as error:  # of tomllib, and of a number with thousands of digits
        raise BadSettings(_told(path, text, str(error))) from None


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadSettings(f"There is no file {path}. Make it, or give another one with --config.") from None
    except OSError as error:
        raise BadSettings(
            f"{path} cannot be read: {error.strerror}. Mend that, or give another with --config."
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadSettings(f"{path}, line {line}: this is not UTF-8, as TOML is. Save the file as UTF-8.") from None


def _told(path: Path, text: str, said: str) -> str:
    found = PLACE.fullmatch(said)
    what = found[1] if found else "a number has too many digits"
    lines = text.splitlines() or [""]
    number = int(found[2]) if found and found[2] else len(lines)
    key = KEY.match(lines[min(number, len(lines)) - 1])
    where = f"{path}, line {number}{f', at {key[1]}' if key else ''}"
    mend = next((mend for start, mend in MENDS.items() if what.startswith(start)), ANY)
    return f"{where}: this does not parse as TOML: {what[:100]}. {mend}"
