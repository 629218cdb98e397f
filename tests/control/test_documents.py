"""What control declares of commands is what it serves, takes and answers."""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped] # it comes with openapi-spec-validator, without types
import pytest
from openapi_spec_validator import validate

from meadow.control.offers import LIST, OFFERS, ONE, SEND
from meadow.core.operations import Operation
from meadow.query.openapi import document
from tests.control.desk import PING, Desk


def test_the_document_is_valid() -> None:
    validate(document(OFFERS))


@pytest.mark.broker
async def test_every_route_is_declared_and_every_declaration_a_route(at_desk: Desk) -> None:
    assert {(one.method, one.path) for one in at_desk.control.routes()} == {(one.method, one.path) for one in OFFERS}


@pytest.mark.broker
async def test_requests_and_answers_are_as_declared(at_desk: Desk) -> None:
    orders: list[dict[str, Any]] = [
        {**PING, "reason": "are you there?"},
        {"command": "inspect", "arguments": {"what": ["stats"]}, "destination": ["w1@test", "gone@test"]},
        {"command": "revoke", "arguments": {"task_ids": ["a"]}, "destination": None, "reason": None, "dry_run": True},
    ]
    for order in orders:
        _holds(SEND.body, order)
        status, body = await at_desk.send(order)
        assert status == SEND.status
        _holds(SEND.answer, body)
    items = await at_desk.audited(2)
    for one, path in ((LIST, "/commands"), (ONE, f"/commands/{items[0]['id']}")):
        await _answered(at_desk, one, path)


async def _answered(at_desk: Desk, one: Operation, path: str) -> None:
    status, body = await at_desk.get(path)
    assert status == one.status
    _holds(one.answer, body)


def _holds(schema: Any, said: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(dict(schema)).validate(said)
