"""What the registry declares is what it serves and what its answers look like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped] # it comes with openapi-spec-validator, without types
import pytest
from openapi_spec_validator import validate

from meadow.control.offers import OFFERS as COMMANDS
from meadow.control.registry.bodies import MEMBERS
from meadow.control.registry.offers import CONNECTION, OFFERS
from meadow.control.registry.service import Registrations
from meadow.core import errors
from meadow.core.connections import Connection
from meadow.core.operations import Operation
from meadow.core.registry_records import OPTIONS
from meadow.query.openapi import document
from tests.control.registrar import SETTINGS, Office, office

BODIES: dict[str, Any] = {
    "POST /tenants": {"slug": "new", "name": "New"},
    "PATCH /tenants/{tenant}": {"name": "Acme"},
    "POST /clusters": {"slug": "new", "url": "redis://h"},
    "POST /clusters/check": {"url": "redis://127.0.0.1:1"},
    "PATCH /clusters/{cluster}": {"holders": 2},
}
LAST = [one for one in OFFERS if one.method == "DELETE"]
FIRST = [one for one in OFFERS if one.method != "DELETE"]


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


def test_the_document_is_valid() -> None:
    made = document([*COMMANDS, *OFFERS])
    validate(made)
    assert {"patch", "delete"} <= made["paths"]["/api/v1/clusters/{cluster}"].keys()


def test_every_route_is_declared_and_every_declaration_a_route(at: Office) -> None:
    registrations = Registrations(at.registry, at.log, lambda _: None, SETTINGS, "n")  # type: ignore[arg-type, return-value]
    served = {(route.method, route.path) for route in registrations.routes()}
    assert served == {(one.method, one.path) for one in registrations.operations()}


def test_what_may_be_refused_is_known() -> None:
    codes = {one.code for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.MeadowError)}
    assert codes.issuperset(code for one in OFFERS for code in one.refuses)


def test_every_option_of_a_connection_is_declared_with_its_default() -> None:
    assert set(CONNECTION) == set(MEMBERS)
    assert {name: CONNECTION[name]["default"] for name in OPTIONS} == OPTIONS
    assert set(MEMBERS) == set(Connection.__slots__)


@pytest.mark.parametrize("one", [*FIRST, *LAST], ids=lambda one: f"{one.method} {one.path}")
async def test_requests_and_answers_are_as_declared(at: Office, one: Operation) -> None:
    added = await at.add("shop", who="root")
    path = one.path.removeprefix("/api/v1")
    body = BODIES.get(f"{one.method} {path}")
    etag = (await at.call("GET", "/tenants/acme", who="root")).etag if "tenants" in path else added.etag
    path = path.replace("{tenant}", "acme").replace("{cluster}", "shop")
    answer = await at.call(one.method, path, body, who="root", version=etag)
    assert answer.status == one.status, answer.text
    assert (one.body is None) == (body is None)
    for schema, said in ((one.body, body), (one.answer, answer.body)):
        assert (schema is None) == (said is None)
        if schema is not None:
            jsonschema.Draft202012Validator(dict(schema)).validate(said)
    assert (answer.etag is not None) == ("ETag" in one.headers)
