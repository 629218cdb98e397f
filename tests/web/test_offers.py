"""What the web part declares of the API is what it serves."""

from __future__ import annotations

import jsonschema  # type: ignore[import-untyped] # it comes with openapi-spec-validator, without types
from openapi_spec_validator import validate

from meadow.core.guard import COOKIE
from meadow.core.http import is_open
from meadow.query.openapi import document
from meadow.web.offers import OFFERS, SIGN_IN, SIGN_OUT
from tests.web.house import Client, House, cookie_of, own

API = "/api/v1/"


def test_every_route_of_the_api_is_declared_and_every_declaration_a_route(house: House) -> None:
    routes = [route for route in house.web.routes() if route.path.startswith(API)]
    assert {(one.method, one.path) for one in routes} == {(one.method, one.path) for one in OFFERS}
    opened = {(one.method, one.path) for one in routes if is_open(one.handler)}
    assert opened == {(one.method, one.path) for one in OFFERS if one.is_open}


def test_the_document_is_valid_and_says_what_needs_no_credential() -> None:
    made = document(OFFERS)
    validate(made)
    session = made["paths"][SIGN_IN.path]
    assert session["post"]["security"] == []
    assert "security" not in session["delete"]
    assert set(session["post"]["responses"]) == {"204", "400", "401", "403", "413", "429"}


async def test_requests_and_answers_are_as_declared(house: House, browser: Client) -> None:
    body = {"token": house.token()}
    jsonschema.Draft202012Validator(dict(SIGN_IN.body or {})).validate(body)
    signed_in = await browser.post(SIGN_IN.path, json=body)
    signed_out = await browser.delete(SIGN_OUT.path, headers=own(browser))
    for one, response in ((SIGN_IN, signed_in), (SIGN_OUT, signed_out)):
        assert (response.status, await response.read()) == (one.status, b"")
        assert one.headers.keys() <= response.headers.keys()
        assert cookie_of(response).startswith(f"{COOKIE}=")
