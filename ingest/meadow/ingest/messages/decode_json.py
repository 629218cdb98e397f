"""JSON bodies: fast where they are plain, careful where Celery's own encoder wrote what JSON does not allow."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from meadow.ingest.counts import DeadReason
from meadow.ingest.messages.decoded import Undecodable

DIGITS_MAX = 4000  # Python reads an integer in quadratic time, and refuses one of more than 4300 digits
_HUGE = re.compile(rb"(?<![\d.])-?\d(?:\.\d{1,17})?e\+?\d\d")  # how orjson 3.13 writes a float from 10^16 on


class Digits(str):
    """An integer too long to be read, as it was written."""


def fast(body: bytes) -> Any:
    """Raises ValueError for what orjson refuses: NaN, Infinity, 1e999, lone surrogates, deep nesting, and all that is broken.

    orjson 3.13: an integer beyond 64 bit silently becomes a float; `lossy` tells.
    """
    return orjson.loads(body)


def lossy(written: bytes) -> bool:
    """Whether JSON that orjson wrote again has a float that may have been an integer beyond 64 bit. Wrong only towards yes."""
    return _HUGE.search(written) is not None


def careful(body: bytes) -> Any:
    """Five times slower; takes NaN, Infinity, lone surrogates, UTF-16 and a byte order mark as well, and keeps integers of
    any length, the longest as text. The answer is not JSON-ready yet: see readiness.py. Raises Undecodable."""
    try:
        return _loaded(body)
    except UnicodeDecodeError as error:
        raise Undecodable(DeadReason.ENCODING, "The body is not text, or is compressed.") from error
    except RecursionError as error:
        raise Undecodable(DeadReason.TOO_DEEP, "The body is nested deeper than 250 levels.") from error
    except ValueError as error:
        raise Undecodable(DeadReason.MALFORMED, "The body is not JSON.") from error


def _loaded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except ValueError:  # an integer of too many digits; looking at each is too dear for all others
        return json.loads(body, parse_int=_integer)


def _integer(digits: str) -> int | Digits:
    return int(digits) if len(digits) <= DIGITS_MAX else Digits(digits)
