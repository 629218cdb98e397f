"""How every operation of the OpenAPI document is asked, in every way that could show what is another's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from tests.promises.tenants import CHILD, COMMAND, HOSTNAME, NAME, TASK, TenantSide

Operation = Mapping[str, Any]


class Write(NamedTuple):
    """path: as the document names it; address: as it is asked; status: that it is answered with."""

    method: str
    path: str
    address: str
    status: int
    body: Any = None
    headers: Mapping[str, str] = {}


# What a text parameter is asked with: the same for both tenants.
SHARED: Mapping[str, tuple[str, ...]] = {
    "cluster": ("shop", "second"),
    "state": ("FAILURE",),
    "name": (NAME,),
    "worker": (HOSTNAME,),
    "hostname": (HOSTNAME,),
    "queue": ("celery",),
    "q": (TASK, "capture", "NOT nothing", "name:capture", "-worker:x OR args:* OR traceback:*"),
    "prefix": ("capture",),
    "buckets": ("20",),
    "id": (TASK, CHILD),
    "type": ("task-failed",),
    "task_id": (TASK,),
    "asked_by": ("token",),
}
LATER = ("from", "to", "cursor", "limit", "top", "Last-Event-ID")  # shared in meaning; cursors have a test of their own
STREAMS = ("/api/v1/live",)  # which do not end; they have a test of their own


class NotKnown(AssertionError):
    """An operation or parameter that nobody taught this module: whoever adds one says here how it is asked."""


def reads(document: Mapping[str, Any], asking: TenantSide, other: TenantSide) -> Iterator[str]:
    """Addresses of every GET, bare and with each value of each parameter."""
    for path, methods in document["paths"].items():
        if "get" in methods and path not in STREAMS:
            for address in _addresses(path, methods["get"], asking, other):
                yield address
                yield from (f"{address}?{query}" for query in _queries(methods["get"]))


def writes(document: Mapping[str, Any], asking: TenantSide) -> Iterator[Write]:
    """Everything else, so that each works where the tenant may."""
    known = {(one.method, one.path): one for one in _writes(asking)}
    for path, methods in document["paths"].items():
        for method in methods.keys() - {"get"}:
            if (method.upper(), path.removeprefix("/api/v1")) not in known:
                raise NotKnown(f"{method} {path}")
    yield from known.values()


def _addresses(path: str, operation: Operation, asking: TenantSide, other: TenantSide) -> Iterator[str]:
    names = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
    if not names:
        yield path
        return
    (name,) = names
    values = SHARED.get(name, ())
    if path.startswith("/api/v1/commands/"):
        values = (asking.command_id, other.command_id)
    elif name == "tenant":
        values = (asking.slug, "nobody")
    if not values:
        raise NotKnown(f"{{{name}}} of {path}")
    yield from (path.replace(f"{{{name}}}", quote(value, safe="")) for value in values)


def _queries(operation: Operation) -> Iterator[str]:
    for one in operation["parameters"]:
        if one["in"] != "path" and one["name"] not in LATER:
            schema = one["schema"].get("items", one["schema"])
            values = schema.get("enum") or SHARED.get(one["name"])
            if not values:
                raise NotKnown(f"{one['name']} of {operation['operationId']}")
            yield from (f"{one['name']}={quote(value)}" for value in values)


def _writes(asking: TenantSide) -> Sequence[Write]:
    """In an order in which each finds what it needs; `second` is added, changed and removed."""
    here, itself = asking.registration, f"/tenants/{asking.slug}"
    order, key = {**COMMAND, "reason": asking.mark}, {"Idempotency-Key": "one"}
    return (
        Write("POST", "/clusters/{cluster}/commands", "/clusters/shop/commands", 200, order, key),
        Write("POST", "/clusters/check", "/clusters/check", 200, here),
        Write("POST", "/clusters", "/clusters", 201, {"slug": "second", **here}),
        Write("PATCH", "/clusters/{cluster}", "/clusters/second", 200, {"control_exchange": asking.mark}),
        Write("DELETE", "/clusters/{cluster}", "/clusters/second", 204),
        Write("POST", "/tenants", "/tenants", 403, {"slug": "third"}),
        Write("PATCH", "/tenants/{tenant}", itself, 403, {"name": "x"}),
        Write("DELETE", "/tenants/{tenant}", itself, 403),
        Write("POST", "/session", "/session", 204, {"token": asking.client.token}),
        Write("DELETE", "/session", "/session", 204),
    )
