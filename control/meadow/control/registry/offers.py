"""What the registry offers over HTTP, declared for the OpenAPI document."""

from __future__ import annotations

from meadow.control.offers import API, CLUSTER, MAYBE_TEXT, TEXT, TIME, several, thing
from meadow.control.registry.bodies import NAME_CHARS_MAX, PAIRS_MAX, TEXT_CHARS_MAX, URL_CHARS_MAX
from meadow.control.registry.tenants import LIMIT_DEFAULT, LIMIT_MAX
from meadow.core.connections import HOLDERS_MAX
from meadow.core.operations import Method, Operation, Parameter, Schema, named
from meadow.core.registry_records import CLUSTERS_DEFAULT, CLUSTERS_MAX
from meadow.core.scope import Permission
from meadow.core.slugs import SLUG

FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NAME: Schema = {"type": "string", "maxLength": TEXT_CHARS_MAX}
SLUGGED: Schema = {"slug": {"type": "string", "pattern": f"^{SLUG.pattern}$"}}
OPTIONS: Schema = {
    "event_exchange": {**NAME, "default": "celeryev"},
    "control_exchange": {**NAME, "default": "celery"},
    "global_keyprefix": {**NAME, "default": ""},
    "fanout_prefix": {"type": ["boolean", "string"], "maxLength": TEXT_CHARS_MAX, "default": True},
    "fanout_patterns": {**FLAG, "default": True},
    "enable_events": {**FLAG, "default": True},
    "holders": {"type": "integer", "minimum": 0, "maximum": HOLDERS_MAX, "default": 0},
}
CONNECTION: Schema = {
    "url": {"type": "string", "maxLength": URL_CHARS_MAX, "writeOnly": True},
    **OPTIONS,
    "transport_options": {
        "type": "object",
        "maxProperties": PAIRS_MAX,
        "additionalProperties": {"type": ["string", "number", "boolean"]},
        "writeOnly": True,
    },
}
TENANT: Schema = {
    "name": {"type": "string", "maxLength": NAME_CHARS_MAX, "default": ""},
    "clusters_max": {"type": "integer", "minimum": 0, "maximum": CLUSTERS_MAX, "default": CLUSTERS_DEFAULT},
}
CHANGE: Schema = {"version": COUNT, "created_at": TIME, "changed_at": TIME, "changed_by": TEXT}
REGISTRATION = named("Registration", thing(**SLUGGED, broker=TEXT, **OPTIONS, **CHANGE))
TENANT_SHOWN = named("Tenant", thing(**SLUGGED, **TENANT, clusters=COUNT, **CHANGE))
TRIED = named("BrokerCheck", thing(broker=TEXT, reachable=FLAG, workers_answered=COUNT, problem=TEXT))
IF_MATCH = Parameter(
    name="If-Match", kind="text", place="header", required=True, at_most=20, meaning="The ETag you saw.", example='"17"'
)
SLUG_OF_TENANT = Parameter(name="tenant", kind="text", at_most=63, place="path", required=True, meaning="Its slug.")
VERSION = {"ETag": "The version, as If-Match takes it."}
ADDING = ("bad_request", "bad_registration", "conflict", "over_budget", "log_unavailable")
CHANGING = ("bad_request", "bad_registration", "not_found", "conflict", "stale_version", "version_required", "sealed")
OF_OPERATOR = "For the operator's tenant alone."
EVENTUALLY = "It takes effect in every process within moments."


def _body(members: Schema, *required: str) -> Schema:
    return {"type": "object", "properties": members, "required": list(required), "additionalProperties": False}


def _one(item: Schema) -> Schema:
    return thing(item=item, watermark=TIME)


def _offer(method: Method, path: str, summary: str, detail: str = "", **more: object) -> Operation:
    return Operation(
        method=method,
        path=f"{API}{path}",
        summary=summary,
        detail=detail,
        permission=Permission.REGISTRY_MANAGE,
        **more,  # type: ignore[arg-type] # checked where they are given
    )


CLUSTERS = (
    _offer(
        "POST",
        "/clusters",
        "Add a cluster",
        f"{EVENTUALLY} Passwords and transport options are kept sealed and never shown. One"
        " that was removed before finds its history again.",
        body=_body(SLUGGED | CONNECTION, "slug", "url"),
        answer=_one(REGISTRATION),
        headers=VERSION,
        status=201,
        refuses=ADDING,
    ),
    _offer(
        "POST",
        "/clusters/check",
        "Try a broker without adding it",
        "Connects and pings the workers; nothing is saved.",
        body=_body(CONNECTION, "url"),
        answer=_one(TRIED),
        refuses=("bad_request", "bad_registration", "over_budget"),
    ),
    _offer(
        "GET",
        "/clusters/{cluster}/registration",
        "How a cluster is reached, and its version as ETag",
        parameters=(CLUSTER,),
        answer=_one(REGISTRATION),
        headers=VERSION,
        refuses=("not_found",),
    ),
    _offer(
        "PATCH",
        "/clusters/{cluster}",
        "Change how a cluster is reached",
        f"What is left out stays as it is. {EVENTUALLY}",
        parameters=(CLUSTER, IF_MATCH),
        body=_body(CONNECTION),
        answer=_one(REGISTRATION),
        headers=VERSION,
        refuses=(*CHANGING, "log_unavailable"),
    ),
    _offer(
        "DELETE",
        "/clusters/{cluster}",
        "Remove a cluster",
        f"Its history stays and is there again when a cluster of that name is added. {EVENTUALLY}",
        parameters=(CLUSTER, IF_MATCH),
        status=204,
        refuses=("not_found", "stale_version", "version_required", "log_unavailable"),
    ),
)
TENANTS = (
    _offer(
        "GET",
        "/tenants",
        "Tenants, by name",
        OF_OPERATOR,
        parameters=(
            Parameter(name="limit", kind="number", at_most=LIMIT_MAX, default=str(LIMIT_DEFAULT), meaning="How many."),
            Parameter(name="cursor", kind="cursor", meaning="`next` of the page before."),
        ),
        answer=thing(items=several(TENANT_SHOWN), next=MAYBE_TEXT, complete=FLAG, watermark=TIME),
        refuses=("bad_question",),
    ),
    _offer(
        "POST",
        "/tenants",
        "Add a tenant",
        OF_OPERATOR,
        body=_body(SLUGGED | TENANT, "slug"),
        answer=_one(TENANT_SHOWN),
        headers=VERSION,
        status=201,
        refuses=ADDING,
    ),
    _offer(
        "GET",
        "/tenants/{tenant}",
        "One tenant, and its version as ETag",
        OF_OPERATOR,
        parameters=(SLUG_OF_TENANT,),
        answer=_one(TENANT_SHOWN),
        headers=VERSION,
        refuses=("not_found",),
    ),
    _offer(
        "PATCH",
        "/tenants/{tenant}",
        "Change a tenant",
        f"What is left out stays as it is. {OF_OPERATOR}",
        parameters=(SLUG_OF_TENANT, IF_MATCH),
        body=_body(TENANT),
        answer=_one(TENANT_SHOWN),
        headers=VERSION,
        refuses=(*CHANGING, "log_unavailable"),
    ),
    _offer(
        "DELETE",
        "/tenants/{tenant}",
        "Remove a tenant without clusters",
        f"Its tokens hold no longer. {OF_OPERATOR}",
        parameters=(SLUG_OF_TENANT, IF_MATCH),
        status=204,
        refuses=("not_found", "conflict", "stale_version", "version_required", "log_unavailable"),
    ),
)
OFFERS = (*TENANTS, *CLUSTERS)
