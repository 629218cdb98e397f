"""From `--broker [name=]URL` and `[clusters.NAME]` to the clusters that settings name."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings
from meadow.core.scope import Cluster, Directory, Tenant
from meadow.core.slugs import checked_slug, stable_id
from meadow.deploy.kinds import named
from meadow.deploy.names import refuse_unknown

NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]*)=(\S+://.*)", re.DOTALL)
TAKEN = {str: "a text in quotes", bool: "true or false", int: "a whole number", dict: "a table"}
FIELDS = {one.name: one for one in dataclasses.fields(Connection)}


@dataclass(frozen=True, slots=True)
class Seeds:
    """A tenant and its clusters by slug. flags: those that were named for this start alone, which win over what is known."""

    tenant: str
    clusters: Sequence[tuple[str, Connection]] = ()
    flags: frozenset[str] = field(default_factory=frozenset)


def seeds(tenant: str, brokers: Sequence[str], tables: Mapping[str, Any]) -> Seeds:
    """The clusters of one tenant, the file's first. Raises BadSettings for a bad name, a bad URL or a name given twice."""
    found = [(name, _from_table(name, table)) for name, table in tables.items()]
    named = [_from_option(broker, number) for number, broker in enumerate(brokers)]
    _refuse_twins([checked_slug(slug) for slug, _ in (*found, *named)])
    return Seeds(checked_slug(tenant), (*found, *named), frozenset(slug for slug, _ in named))


def directory(seeds: Seeds) -> Directory:
    """The same as clusters, for whoever needs no registry."""
    owner = Tenant(stable_id(seeds.tenant), seeds.tenant)
    return Directory(tuple(Cluster(owner, stable_id(slug), slug, connection) for slug, connection in seeds.clusters))


def _from_option(text: str, number: int) -> tuple[str, Connection]:
    named = NAMED.fullmatch(text)
    name, url = (named[1], named[2]) if named else ("default" if number == 0 else f"cluster-{number + 1}", text)
    return name, _connection("--broker", {"url": url})


def _from_table(name: str, table: Any) -> Connection:
    where = f"[clusters.{name}]"
    if not isinstance(table, dict) or not isinstance(table.get("url"), str):
        raise BadSettings(f"{where} needs url, a text such as amqp://user:password@host/vhost.")
    refuse_unknown(table, FIELDS, where)
    for key, value in table.items():
        _check_type(where, key, value)
    options = table.get("transport_options", {})
    pairs = tuple(sorted((key, str(value)) for key, value in options.items()))
    return _connection(where, {**table, "transport_options": pairs})


def _connection(where: str, fields: Mapping[str, Any]) -> Connection:
    try:
        return Connection(**fields)
    except BadSettings as error:
        raise BadSettings(f"{where}: {error}") from None


def _check_type(where: str, key: str, value: Any) -> None:
    """By the exact kind: to Python true is a whole number."""
    default = FIELDS[key].default
    wanted = {"transport_options": (dict,), "fanout_prefix": (bool, str)}.get(key) or (
        (str,) if default is dataclasses.MISSING else (type(default),)
    )
    if type(value) not in wanted:
        raise BadSettings(f"{where}: {key} takes {' or '.join(TAKEN[kind] for kind in wanted)}, not {named(value)}.")


def _refuse_twins(slugs: Iterable[str]) -> None:
    seen: dict[int, str] = {}
    for slug in slugs:
        if stable_id(slug) in seen:
            raise BadSettings(f"Two clusters cannot be told apart: {seen[stable_id(slug)]} and {slug}. Rename one.")
        seen[stable_id(slug)] = slug
