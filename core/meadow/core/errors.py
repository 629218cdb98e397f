"""Every refusal Meadow can answer with: a stable code, an HTTP status, and whether asking again can help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

Again = Literal["never", "later", "now"]


class MeadowError(Exception):
    """The root of all refusals. The message is a whole sentence for the caller: what is wrong and what would be accepted.

    code    stable, lower_snake; part of the API (RFC 9457 `code`).
    status  HTTP status it is answered with.
    again   whether the same request can succeed: never, later, now.
    extra   more members of the problem document, JSON-ready; never a secret.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    again: ClassVar[Again] = "later"

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.extra: Mapping[str, Any] = extra


class BadSettings(MeadowError):
    """A setting that cannot be used; raised before anything starts."""

    code, status, again = "bad_settings", 500, "never"


class BadRequest(MeadowError):
    """A body that cannot be read: not UTF-8, not JSON, no object, or not here in time."""

    code, status, again = "bad_request", 400, "never"


class TooLarge(MeadowError):
    """A body over the limit; `accepts` says how many bytes are read."""

    code, status, again = "too_large", 413, "never"


class WrongMethod(MeadowError):
    """There is something at this address, but not for this method; `accepts` lists those it takes."""

    code, status, again = "wrong_method", 405, "never"


class WrongHost(MeadowError):
    """A Host header that is none of Meadow's names: a mistyped setting, or DNS rebinding."""

    code, status, again = "wrong_host", 421, "never"


class ForeignOrigin(MeadowError):
    """A write that a page of another origin asked a browser to send with Meadow's cookie."""

    code, status, again = "foreign_origin", 403, "never"


class BadQuestion(MeadowError):
    """A parameter that cannot be read; `field` names it, `accepts` says what would do; of a text with a grammar `position` and
    `length` say where in it."""

    code, status, again = "bad_question", 400, "never"


class BadCommand(MeadowError):
    """A command refused before anything was sent."""

    code, status, again = "bad_command", 400, "never"


class Unauthenticated(MeadowError):
    """No credential, or one that does not hold."""

    code, status, again = "unauthenticated", 401, "never"


class Forbidden(MeadowError):
    """A good credential without the permission that is asked for; `needs` names it."""

    code, status, again = "forbidden", 403, "never"


class NotFound(MeadowError):
    """Not there, or not the caller's: the same answer for both."""

    code, status, again = "not_found", 404, "never"


class Conflict(MeadowError):
    """The same idempotency key with another body, or a stale version."""

    code, status, again = "conflict", 409, "never"


class OnItsWay(MeadowError):
    """The same command was asked of another process, and its outcome is not known yet; nothing was sent again."""

    code, status, again = "on_its_way", 409, "later"


class BadRegistration(MeadowError):
    """A tenant or cluster that cannot be kept as it was described; `field` names what, `accepts` says what would do."""

    code, status, again = "bad_registration", 400, "never"


class StaleVersion(MeadowError):
    """If-Match names another version than there is now: read it again, then decide."""

    code, status, again = "stale_version", 412, "never"


class VersionRequired(MeadowError):
    """A change without If-Match, which could undo somebody else's."""

    code, status, again = "version_required", 428, "never"


class Sealed(MeadowError):
    """A secret of the registry that no key of this process opens."""

    code, status, again = "sealed", 503, "later"


class OverBudget(MeadowError):
    """Too much at once; `retry_after_s` says when to ask again."""

    code, status, again = "over_budget", 429, "later"


class TooSlow(MeadowError):
    """The deadline passed; says what to narrow."""

    code, status, again = "too_slow", 504, "later"


class StoreUnavailable(MeadowError):
    """The store refuses or cannot be reached."""

    code, status, again = "store_unavailable", 503, "later"


class StoreRefused(MeadowError):
    """The store will never take this batch or statement as it is."""

    code, status, again = "store_refused", 500, "never"


class LogUnavailable(MeadowError):
    """The log refuses or cannot be reached."""

    code, status, again = "log_unavailable", 503, "later"


class PositionLost(MeadowError):
    """A reader's position is older than what the log still holds."""

    code, status, again = "position_lost", 410, "never"


class BrokerUnavailable(MeadowError):
    """A cluster's broker refuses or cannot be reached."""

    code, status, again = "broker_unavailable", 503, "later"


class BrokerRefused(MeadowError):
    """A cluster's broker answered no: a permission, or something declared otherwise. The message says how to mend it."""

    code, status, again = "broker_refused", 502, "never"


class PartUnavailable(MeadowError):
    """A part of Meadow behind this one cannot be reached; the request was not sent, or may be sent again."""

    code, status, again = "part_unavailable", 503, "later"


class AnswerLost(MeadowError):
    """The request went to the part behind this one and no answer came: it may or may not have been done."""

    code, status, again = "answer_lost", 502, "later"
