"""From `--broker [name=]URL` and `[clusters.NAME]` to the clusters of this process."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings
from meadow.core.scope import Cluster, Directory, Tenant
from meadow.core.slugs import checked_slug, stable_id
from meadow.deploy.names import refuse_unknown

NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]*)=(\S+://.*)", re.DOTALL)
FIELDS = {field.name: field for field in dataclasses.fields(Connection)}


def directory(tenant: str, brokers: Sequence[str], tables: Mapping[str, Any]) -> Directory:
    """The clusters of one tenant, the file's first. Raises BadSettings for a bad name, a bad URL or a name given twice."""
    owner = Tenant(stable_id(checked_slug(tenant)), tenant)
    found = [(name, _from_table(name, table)) for name, table in tables.items()]
    found += [_from_option(broker, number) for number, broker in enumerate(brokers)]
    clusters = tuple(Cluster(owner, stable_id(checked_slug(name)), name, connection) for name, connection in found)
    _refuse_twins(clusters)
    return Directory(clusters)


def _from_option(text: str, number: int) -> tuple[str, Connection]:
    named = NAMED.fullmatch(text)
    name, url = (named[1], named[2]) if named else ("default" if number == 0 else f"cluster-{number + 1}", text)
    return name, Connection(url)


def _from_table(name: str, table: Any) -> Connection:
    if not isinstance(table, dict) or not isinstance(table.get("url"), str):
        raise BadSettings(f"[clusters.{name}] needs url, a text such as amqp://user:password@host/vhost.")
    refuse_unknown(table, FIELDS, f"[clusters.{name}]")
    for key, value in table.items():
        _check_type(name, key, value)
    options = table.get("transport_options", {})
    pairs = tuple(sorted((key, str(value)) for key, value in options.items()))
    return Connection(**{**table, "transport_options": pairs})


def _check_type(name: str, key: str, value: Any) -> None:
    default = FIELDS[key].default
    wanted = {"transport_options": (dict,), "fanout_prefix": (bool, str)}.get(key) or (
        (str,) if default is dataclasses.MISSING else (type(default),)
    )
    if not isinstance(value, wanted):
        kinds = " or ".join(kind.__name__ for kind in wanted)
        raise BadSettings(f"[clusters.{name}] {key} takes {kinds}, not {type(value).__name__}.")


def _refuse_twins(clusters: Iterable[Cluster]) -> None:
    seen: dict[int, str] = {}
    for cluster in clusters:
        if cluster.id in seen:
            raise BadSettings(f"Two clusters cannot be told apart: {seen[cluster.id]} and {cluster.slug}. Rename one.")
        seen[cluster.id] = cluster.slug
