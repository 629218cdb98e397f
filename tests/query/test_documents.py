"""The OpenAPI document and its page: valid, of every route, and what answers really look like."""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped] # it comes with openapi-spec-validator, without types
import pytest
from openapi_spec_validator import validate

from meadow.core.operations import Operation, Parameter
from meadow.query.docs import page
from meadow.query.offers import OFFERS
from meadow.query.openapi import document
from meadow.query.service import Query
from meadow.query.settings import QuerySettings
from tests.query.conftest import DIRECTORY, Api
from tests.query.seeds import NOW_S, beat, event, insert, report, task

OTHERS = Operation(
    method="POST",
    path="/api/v1/clusters/{cluster}/commands",
    summary="Send a command",
    parameters=(Parameter(name="cluster", kind="text", place="path", required=True, meaning="Its slug."),),
    body={"type": "object"},
    answer={"type": "object"},
    refuses=("bad_command",),
)


def test_the_document_is_valid_and_has_others_operations_too() -> None:
    made = document([*OFFERS, OTHERS])
    validate(made)
    assert "post" in made["paths"]["/api/v1/clusters/{cluster}/commands"]
    assert set(made["paths"]["/api/v1/tasks"]["get"]["responses"]) == {"200", "400", "401", "403", "404", "429"}


async def test_every_route_is_declared_and_every_declaration_a_route(api: Api) -> None:
    routes = Query(api.store, api.log, lambda: DIRECTORY, QuerySettings()).routes()
    served = {(route.method, route.path) for route in routes} - {("GET", "/api/v1/docs.css")}
    assert served == {(one.method, one.path) for one in OFFERS}


async def test_it_is_served(api: Api) -> None:
    body = await api.get("/openapi.json")
    assert body["openapi"] == "3.1.0"


async def test_the_page_needs_no_script_and_no_other_origin(api: Api) -> None:
    async with api.client.get("/api/v1/docs") as response:
        text = await response.text()
        assert response.content_type == "text/html"
    for forbidden in ("<script", "http://", "https://", "style=", "<style", "onclick"):
        assert forbidden not in text
    assert all(f"GET {one.path}" in text for one in OFFERS)
    async with api.client.get("/api/v1/docs.css") as response:
        assert response.content_type == "text/css"


def test_the_page_escapes_what_is_declared() -> None:
    evil = Operation(method="GET", path="/api/v1/x", summary="<script>alert(1)</script>", detail="a & b")
    assert "<script>" not in page([evil])


@pytest.mark.parametrize("one", [one for one in OFFERS if one.media == "application/json"], ids=lambda one: one.path)
async def test_answers_are_as_declared(api: Api, one: Operation) -> None:
    await insert(
        api.store, "tasks", [task("t1", state="FAILURE"), task("t2", parent_id="t1"), task("t3", state="PENDING")]
    )
    rows = [
        event("task-received", "t1", name="shop.capture"),
        event("task-started", "t1"),
        event("task-failed", "t1", exception="E()"),
    ]
    asked = event("meadow-command-asked", "t1", fields='{"id": "c1", "command": "revoke", "arguments": {}}')
    await insert(
        api.store, "events", [*rows, asked, report(NOW_S - 20, 5), report(NOW_S - 5, 50, drops={"thinned": 2})]
    )
    await insert(api.store, "workers_in", [beat("celery@a", NOW_S - 1, 1)])
    path = (
        one.path.removeprefix("/api/v1")
        .replace("{id}", "t1")
        .replace("{cluster}", "shop-eu")
        .replace("{hostname}", "celery@a")
    )
    named = {parameter.name: "t1" for parameter in one.parameters if parameter.required and parameter.place == "query"}
    body: dict[str, Any] = await api.get(path, **named)
    assert one.answer is not None
    jsonschema.Draft202012Validator(dict(one.answer)).validate(body)
    if "items" in body and path != "/tasks":
        assert body["items"]
