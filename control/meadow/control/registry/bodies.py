"""Bodies of requests to the registry, read and bounded into a connection or a tenant before anything else happens."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from meadow.core.connections import Connection
from meadow.core.errors import BadRegistration, BadSettings
from meadow.core.registry_records import CLUSTERS_MAX, OPTIONS, check_options
from meadow.core.slugs import ACCEPTS as SLUG_ACCEPTS
from meadow.core.slugs import is_slug

URL_CHARS_MAX = 4_000
HOSTS_MAX = 20
TEXT_CHARS_MAX = 255
PAIRS_MAX = 50
VALUE_CHARS_MAX = 2_000
NAME_CHARS_MAX = 100
MEMBERS = ("url", *OPTIONS, "transport_options")
URL_ACCEPTS = "amqp://user:password@host:5672/vhost, redis://host:6379/0, …; several hosts apart by ;"


def only(body: Mapping[str, Any], members: Collection[str]) -> None:
    """Raises BadRegistration for a member nobody reads: it may be a mistyped one."""
    for name in body:
        if name not in members:
            raise BadRegistration(f"No member is called {name[:100]!r}.", field="body", accepts=", ".join(members))


def slug_of(body: Mapping[str, Any]) -> str:
    """Raises BadRegistration."""
    slug = body.get("slug")
    if not isinstance(slug, str) or not is_slug(slug):
        raise BadRegistration("slug is no name.", field="slug", accepts=SLUG_ACCEPTS)
    return slug


def connection_of(body: Mapping[str, Any], before: Connection | None = None) -> Connection:
    """What the body says; what it leaves out stays as it was before. Raises BadRegistration, which never holds a value."""
    given = {name: body[name] for name in MEMBERS if name in body}
    if "url" in given:
        given["url"] = _url(given["url"])
    elif before is None:
        raise BadRegistration("A cluster needs a broker URL.", field="url", accepts=URL_ACCEPTS)
    if "transport_options" in given:
        given["transport_options"] = _pairs(given["transport_options"])
    options = {name: value for name, value in given.items() if name in OPTIONS}
    try:
        check_options(options)
        _bound_texts(options)
        return Connection(**given) if before is None else dataclasses.replace(before, **given)
    except BadSettings as error:
        raise BadRegistration(str(error), **error.extra) from error


@dataclass(frozen=True, slots=True)
class TenantBody:
    """See TenantRecord."""

    name: str
    clusters_max: int


def tenant_of(body: Mapping[str, Any], before: TenantBody) -> TenantBody:
    """What the body says; what it leaves out stays as it was before. Raises BadRegistration."""
    name, most = body.get("name", before.name), body.get("clusters_max", before.clusters_max)
    if not isinstance(name, str) or len(name) > NAME_CHARS_MAX or not name.isprintable():
        raise BadRegistration("name is a short text.", field="name", accepts=f"at most {NAME_CHARS_MAX} characters")
    if type(most) is not int or not 0 <= most <= CLUSTERS_MAX:
        raise BadRegistration("clusters_max is out of bounds.", field="clusters_max", accepts=f"0 to {CLUSTERS_MAX}")
    return TenantBody(name, most)


def _url(given: Any) -> str:
    if not isinstance(given, str) or not 1 <= len(given) <= URL_CHARS_MAX or not _plain(given):
        raise BadRegistration("url is no broker URL.", field="url", accepts=URL_ACCEPTS)
    hosts = given.split(";")
    if len(hosts) > HOSTS_MAX:
        raise BadRegistration("url names too many hosts.", field="url", accepts=f"at most {HOSTS_MAX}")
    if any(":***@" in host for host in hosts):
        raise BadRegistration(
            "url has *** for a password: that is how it is shown, not what it is.",
            field="url",
            accepts="the URL with its password; left out, it stays as it is",
        )
    for host in hosts:
        _check_host(host if "://" in host else f"x://{host}")
    return given


def _check_host(url: str) -> None:
    try:
        _ = urlsplit(url).port
    except ValueError:
        refused = BadRegistration("url has a host or port that cannot be read.", field="url", accepts=URL_ACCEPTS)
        raise refused from None  # the cause holds a part of the URL


def _plain(text: str) -> bool:
    return text.isprintable() and " " not in text


def _pairs(given: Any) -> tuple[tuple[str, str], ...]:
    accepts = f"an object of at most {PAIRS_MAX} texts, numbers and flags"
    if not isinstance(given, dict) or len(given) > PAIRS_MAX:
        raise BadRegistration("transport_options is an object.", field="transport_options", accepts=accepts)
    return tuple(sorted((_name(name), _value(value)) for name, value in given.items()))


def _name(name: str) -> str:
    if not 1 <= len(name) <= NAME_CHARS_MAX or not _plain(name):
        raise BadRegistration("One of transport_options has no readable name.", field="transport_options")
    return name


def _value(value: Any) -> str:
    """As kombu's options are kept: texts, which are read as numbers and flags again when they look like it."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float) or len(str(value)) > VALUE_CHARS_MAX:
        raise BadRegistration(
            "One of transport_options is neither a text, a number nor a flag.",
            field="transport_options",
            accepts=f"texts of at most {VALUE_CHARS_MAX} characters, numbers, flags",
        )
    return str(value)


def _bound_texts(options: Mapping[str, Any]) -> None:
    for name, value in options.items():
        if isinstance(value, str) and (len(value) > TEXT_CHARS_MAX or not value.isprintable()):
            raise BadRegistration(f"{name} is too long.", field=name, accepts=f"at most {TEXT_CHARS_MAX} characters")
