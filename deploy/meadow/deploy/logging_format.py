"""What a log line looks like: one line of text, or one of JSON; neither ever holds a password of a URL."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import Any

import orjson

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings
from meadow.core.log_context import about

TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
MESSAGE_CHARS_MAX = 16_384
READ_CHARS_MAX = 4 * MESSAGE_CHARS_MAX  # so far is looked for secrets; the rest is left out
# A URL as broker clients print it in errors. What is in front of the last `@` may hold anything that was not quoted.
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}://\S*")
UNENDED = re.compile(r"(\w+://[^/:@]*):(?!\d+(?:\D|$)).*")  # a password with a space in it: no `@` in this word
BEARER = re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]{16,}")
TOKEN = re.compile(r"\beyJ[\w-]{8,200}\.[\w-]{1,4096}\.[\w-]{1,512}")  # a JWT, as Meadow's are
NAMED = re.compile(
    r"""(?i)((?:password|passwd|secret|token)[\w-]{0,32}[\\'"]{0,3}\s?[=:]\s?)"""
    r"""(?:\\?'[^']*'|\\?"[^"]*"|[^\s'",;)}&]+)"""
)


def formatter(form: str, node: str = "") -> logging.Formatter:
    """form: `text` or `json`. node: the name of this process among those of its kind. Raises ValueError for another form."""
    if form not in ("text", "json"):
        raise ValueError(f"no log format {form!r}; there are text and json")
    return JsonFormatter(node) if form == "json" else MaskingFormatter(TEXT)


class MaskingFormatter(logging.Formatter):
    """The text form, exceptions included, masked as a whole: no argument and no traceback gets past it."""

    def format(self, record: logging.LogRecord) -> str:
        """Of several lines where an exception is told."""
        return _clean(super().format(record))


class JsonFormatter(logging.Formatter):
    """One line a record: time (RFC 3339, UTC), level, logger, message; node, tenant, cluster and request_id where known;
    exception and stack where there is one. Every text is masked and bounded."""

    def __init__(self, node: str = "") -> None:
        super().__init__()
        self._node = node

    def format(self, record: logging.LogRecord) -> str:
        """Never raises for what a record holds: surrogates are replaced, a message that cannot be put together is told raw."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _clean(_message(record)),
        }
        if self._node:
            line["node"] = self._node
        line |= {name: _clean(value) for name, value in about().items()}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = _clean(self.formatException(record.exc_info))
        if record.stack_info:
            line["stack"] = _clean(self.formatStack(record.stack_info))
        return orjson.dumps(line).decode()


def masked(text: str) -> str:
    """The text without passwords of URLs, their query values, tokens, and what follows the name of a secret."""
    text = URL.sub(lambda found: _url(found[0]), text)
    text = TOKEN.sub("***", BEARER.sub(r"\1***", text))
    return NAMED.sub(r"\1***", text)


def _url(text: str) -> str:
    """By `Connection.masked`, which is how URLs are shown everywhere."""
    try:
        return UNENDED.sub(r"\1:***", Connection(text).masked) if "@" not in text else Connection(text).masked
    except (BadSettings, ValueError):
        return "***"


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return f"{record.msg} {record.args!r}"


def _clean(text: str) -> str:
    """Masked first: a cut must not leave half a secret."""
    return masked(text[:READ_CHARS_MAX]).encode(errors="replace").decode()[:MESSAGE_CHARS_MAX]
