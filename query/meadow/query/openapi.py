"""The OpenAPI 3.1 document, printed from the declarations the code itself reads requests by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from meadow.core import errors
from meadow.core.errors import MeadowError
from meadow.core.operations import Operation, Parameter
from meadow.core.times import ACCEPTS
from meadow.query.components import apart

PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details; `code` is stable, `again` says whether the same request can succeed.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "again": {"type": "string", "enum": ["never", "later", "now"]},
        "field": {"type": "string"},
        "accepts": {},
        "retry_after_s": {"type": "number"},
        "position": {"type": "integer", "description": "Of the first character in `field` that will not do, from 0."},
        "length": {"type": "integer", "description": "In characters, from `position` on."},
    },
    "required": ["type", "title", "status", "code", "detail", "again"],
}


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """JSON-ready; paths in the order they were declared. Raises ValueError when two schemas have one name."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    paths, schemas = apart(paths)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Meadow",
            "version": version("meadow"),
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "paths": paths,
        "components": {
            "schemas": {"Problem": dict(PROBLEM), **schemas},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"bearer": []}],
    }


def _operation(operation: Operation) -> dict[str, Any]:
    needs = f"Needs `{operation.permission}`." if operation.permission else ""
    printed: dict[str, Any] = {
        "operationId": _id(operation),
        "summary": operation.summary,
        "description": " ".join(text for text in (operation.detail, needs) if text),
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": _responses(operation),
    }
    if operation.is_open:
        printed["security"] = []
    if operation.body is not None:
        printed["requestBody"] = {"required": True, "content": {"application/json": {"schema": dict(operation.body)}}}
    return printed


def _id(operation: Operation) -> str:
    return "_".join([operation.method.lower(), *re.findall(r"[a-z0-9]+", operation.path.removeprefix("/api/v1"))])


def _parameter(parameter: Parameter) -> dict[str, Any]:
    one = _schema(parameter)
    schema = {"type": "array", "items": one, "maxItems": parameter.repeats_max} if parameter.repeats_max > 1 else one
    printed: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required or parameter.place == "path",
        "description": parameter.meaning,
        "schema": schema,
    }
    if parameter.example and parameter.repeats_max == 1:
        printed["example"] = parameter.example
    return printed


def _schema(parameter: Parameter) -> dict[str, Any]:
    default: dict[str, Any] = {"default": parameter.default} if parameter.default else {}
    match parameter.kind:
        case "number":
            default = {"default": int(parameter.default)} if parameter.default else {}
            return {"type": "integer", "minimum": parameter.at_least, "maximum": parameter.at_most, **default}
        case "choice":
            return {"type": "string", "enum": list(parameter.choices), **default}
        case "flag":
            return {"type": "boolean"}
        case "time":
            return {"type": "string", "description": ACCEPTS, **default}
        case "cursor":
            return {"type": "string", "maxLength": 4096}
        case "text":
            return {"type": "string", "maxLength": parameter.at_most, **default}


def _responses(operation: Operation) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.summary}
    if operation.headers:
        good["headers"] = {name: _header(meaning) for name, meaning in operation.headers.items()}
    if operation.answer is not None:
        good["content"] = {operation.media: {"schema": dict(operation.answer)}}
    codes = {"unauthenticated", *operation.refuses} | ({"forbidden"} if operation.permission else set())
    refused: dict[str, list[str]] = {}
    for kind in sorted(_kinds(), key=lambda one: (one.status, one.code)):
        if kind.code in codes:
            refused.setdefault(str(kind.status), []).append(kind.code)
    return {str(operation.status): good, **{status: _refusal(names) for status, names in refused.items()}}


def _header(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "required": True, "schema": {"type": "string"}}


def _refusal(codes: Sequence[str]) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": ", ".join(codes), "content": {"application/problem+json": {"schema": schema}}}


def _kinds() -> list[type[MeadowError]]:
    return [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, MeadowError)]
