"""What the registry keeps of a tenant and of a cluster: the records, and their JSON on the stream."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings
from meadow.core.slugs import is_slug
from meadow.core.stream import Entry

FORM = 1  # of the JSON; a reader skips what is of a higher one
ID_MAX = 2**32 - 1
CLUSTERS_MAX = 1_000
CLUSTERS_DEFAULT = 100
SECRET_FIELDS = ("url", "transport_options")
OPTIONS = {field.name: field.default for field in dataclasses.fields(Connection) if field.name not in SECRET_FIELDS}


class Unreadable(Exception):
    """An entry that is no record of ours; `reason` is one of a few words, to be counted by."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What all of them have.

    deleted     kept, so that the name finds its history again when it is added again.
    seeded      it comes from settings and was never changed by a person.
    created_at, changed_at   epoch seconds.
    version     of its entry; 0 before it is on the stream.
    """

    deleted: bool = False
    seeded: bool = False
    created_at: float = 0.0
    changed_at: float = 0.0
    changed_by: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRecord(Record):
    """name: for people, "" when none was given. clusters_max: how many it may have."""

    slug: str
    id: int
    name: str = ""
    clusters_max: int = CLUSTERS_DEFAULT

    @property
    def key(self) -> str:
        """Of its entry."""
        return f"tenant/{self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRecord(Record):
    """tenant: its slug. shown: the connection with the masked URL and without transport options. sealed: the secret rest."""

    tenant: str
    slug: str
    id: int
    shown: Connection
    sealed: str

    @property
    def key(self) -> str:
        """Of its entry."""
        return f"cluster/{self.tenant}/{self.slug}"


AnyRecord = TenantRecord | ClusterRecord
_COMMON = ("deleted", "seeded", "created_at", "changed_at", "changed_by")


def written(record: AnyRecord) -> bytes:
    """JSON. What the key says is not repeated."""
    said: dict[str, Any] = {"form": FORM} | {name: getattr(record, name) for name in _COMMON}
    match record:
        case TenantRecord():
            said |= {"id": record.id, "name": record.name, "clusters_max": record.clusters_max}
        case ClusterRecord():
            options = {name: getattr(record.shown, name) for name in OPTIONS}
            said |= {"id": record.id, "broker": record.shown.url, "options": options, "sealed": record.sealed}
    return orjson.dumps(said)


def read(entry: Entry) -> AnyRecord:
    """Members it does not know are left out: a newer Meadow of the same form may add some. Raises Unreadable."""
    said = _object(entry.value)
    common = {name: _typed(said, name, default) for name, default in _defaults().items()} | {"version": entry.version}
    match entry.key.split("/"):
        case ["tenant", slug] if is_slug(slug):
            most = min(_typed(said, "clusters_max", CLUSTERS_DEFAULT), CLUSTERS_MAX)
            return TenantRecord(slug=slug, id=_id(said), name=_typed(said, "name", ""), clusters_max=most, **common)
        case ["cluster", tenant, slug] if is_slug(tenant) and is_slug(slug):
            shown, sealed = _shown(said), _typed(said, "sealed", "")
            return ClusterRecord(tenant=tenant, slug=slug, id=_id(said), shown=shown, sealed=sealed, **common)
    raise Unreadable("unknown key")


def _object(value: bytes) -> Mapping[str, Any]:
    try:
        said = orjson.loads(value)
    except orjson.JSONDecodeError:
        raise Unreadable("no JSON") from None
    if not isinstance(said, dict) or type(said.get("form")) is not int:
        raise Unreadable("no record")
    if said["form"] > FORM:
        raise Unreadable("newer form")
    return said


def _defaults() -> dict[str, Any]:
    return {field.name: field.default for field in dataclasses.fields(Record) if field.name in _COMMON}


def _typed(said: Mapping[str, Any], name: str, default: Any) -> Any:
    value = said.get(name, default)
    if isinstance(default, float) and type(value) in (int, float) and math.isfinite(value):
        return float(value)
    if type(value) is not type(default):
        raise Unreadable(f"odd {name}")
    return value


def _id(said: Mapping[str, Any]) -> int:
    number = _typed(said, "id", 0)
    if not 1 <= number <= ID_MAX:
        raise Unreadable("odd id")
    return int(number)


def _shown(said: Mapping[str, Any]) -> Connection:
    given = said.get("options")
    if not isinstance(given, dict):
        raise Unreadable("odd options")
    try:
        options = {name: value for name, value in given.items() if name in OPTIONS}
        check_options(options)
        return Connection(url=_typed(said, "broker", ""), **options)
    except BadSettings:
        raise Unreadable("odd options") from None


def check_options(options: Mapping[str, Any]) -> None:
    """Raises BadSettings for a value of another type than the option's; `field` names it."""
    for name, value in options.items():
        wanted = (bool, str) if name == "fanout_prefix" else (type(OPTIONS[name]),)
        if type(value) not in wanted:
            kinds = " or ".join(
                {"str": "a text", "bool": "true or false", "int": "a number"}[k.__name__] for k in wanted
            )
            raise BadSettings(f"{name} takes {kinds}.", field=name, accepts=kinds)
