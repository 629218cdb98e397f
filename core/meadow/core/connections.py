"""How to reach one cluster's broker: its URL and Celery's own options, with the password kept out of sight."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from meadow.core.errors import BadSettings

AMQP_SCHEMES = ("amqp", "amqps", "pyamqp")
REDIS_SCHEMES = ("redis", "rediss", "redis+socket", "sentinel")
HOLDERS_MAX = 16


@dataclass(frozen=True, slots=True)
class Connection:
    """One broker and Celery's options on it; the defaults are Celery 5.7's.

    url                as Celery takes it; several hosts apart by `;`. Its repr and `masked` hide the password.
    event_exchange     Celery's `event_exchange`.
    control_exchange   Celery's `control_exchange`; the wire name adds `.pidbox`.
    global_keyprefix   kombu's Redis option of that name.
    fanout_prefix      kombu's Redis option: True means `/{db}.`, False none, a text itself.
    fanout_patterns    kombu's Redis option: events on one channel a routing key.
    transport_options  whatever else kombu takes (Sentinel's `master_name`, filesystem's folders).
    enable_events      whether Meadow may switch events on for workers started without -E.
    holders            ingest nodes that collect it at once, up to 16; 0 means 1 on AMQP, where they share one queue, and 2
                       elsewhere, where each takes all and readers see it once.
    """

    url: str = field(repr=False)
    event_exchange: str = "celeryev"
    control_exchange: str = "celery"
    global_keyprefix: str = ""
    fanout_prefix: bool | str = True
    fanout_patterns: bool = True
    transport_options: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    enable_events: bool = True
    holders: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.holders <= HOLDERS_MAX:
            raise BadSettings(f"holders is {self.holders}; 0 to {HOLDERS_MAX} are accepted.")
        if "://" not in self.url:
            raise BadSettings("A broker URL looks like amqp://user:password@host:5672/vhost or redis://host:6379/0.")

    @property
    def scheme(self) -> str:
        """`amqp`, `redis`, `filesystem`…, lower case."""
        return self.url.partition("://")[0].lower()

    @property
    def masked(self) -> str:
        """The URL with every password, and every query value, replaced by `***`; safe to log and to answer."""
        return ";".join(_masked(one) for one in self.url.split(";"))

    @property
    def pidbox(self) -> str:
        """The fanout exchange that workers take commands from."""
        return f"{self.control_exchange}.pidbox"

    @property
    def redis_database(self) -> int:
        """kombu 5.7: the path of the URL, else `virtual_host` of a socket URL's query, else 0."""
        first = self.url.split(";")[0]
        path = "" if self.scheme == "redis+socket" else urlsplit(first).path.strip("/")
        query = urlsplit(first).query.partition("virtual_host=")[2].partition("&")[0].strip("/")
        digits = path or query
        return int(digits) if digits.isdigit() else 0

    def redis_channel(self, exchange: str) -> str:
        """The PUB/SUB channel of a fanout or topic exchange, without a routing key.

        celery 5.7, db 3: `/3.celeryev`; with global_keyprefix app1: `app1:/3.celeryev`; fanout_prefix False: `celeryev`.
        """
        prefix = self.fanout_prefix
        text = f"/{self.redis_database}." if prefix is True else "" if prefix is False else prefix
        return f"{self.global_keyprefix}{text}{exchange}"


def _masked(url: str) -> str:
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    credentials, at, place = rest.rpartition("@")  # the last one: a password may hold anything that was not quoted
    user, colon, _ = credentials.partition(":")
    path, question, _ = place.partition("?")
    shown = f"{quote(unquote(user))}{':***' if colon else ''}@" if at else ""
    return f"{scheme}{separator}{shown}{path}{'?***' if question else ''}"
