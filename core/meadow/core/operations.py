"""What the HTTP surface offers, declared once: the code reads requests by it and the OpenAPI document is printed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from meadow.core.scope import Permission

Kind = Literal["text", "choice", "time", "number", "flag", "cursor"]
Place = Literal["query", "path", "header"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Schema = dict[str, Any]


def named(name: str, schema: Schema) -> Schema:
    """A schema that the document shows once, under this name, and refers to wherever it stands."""
    return {"title": name, **schema}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing a caller may say.

    kind         text (at_most = characters), choice (one of `choices`), time (RFC 3339, epoch s or ms, `now-1h`),
                 number (whole, at_least to at_most), flag (true or false), cursor (`next` of the page before).
    repeats_max  how often it may stand; any of the repeats matches.
    default      as a caller would write it; "" means left out.
    """

    name: str
    kind: Kind
    meaning: str
    example: str = ""
    place: Place = "query"
    required: bool = False
    repeats_max: int = 1
    choices: tuple[str, ...] = ()
    at_least: int = 1
    at_most: int = 255
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path.

    path        as the router takes it, `/api/v1/tasks/{id}`.
    permission  what the caller needs; None means any credential.
    is_open     whether it needs no credential at all, as `open_to_all` marks its handler.
    answer      JSON Schema of the body, inline; None when there is no body.
    headers     of the answer, by name, with what each means.
    body        JSON Schema of the request's body; None when it takes none.
    refuses     codes of core/errors.py a caller should expect besides unauthenticated and forbidden.
    """

    method: Method
    path: str
    summary: str
    detail: str = ""
    permission: Permission | None = None
    is_open: bool = False
    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    media: str = "application/json"
    refuses: tuple[str, ...] = ()
