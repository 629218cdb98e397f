"""What the web part offers over HTTP beside the page, declared for the OpenAPI document."""

from __future__ import annotations

from meadow.core.operations import Operation
from meadow.web.attempts import FAILURES_MAX, WITHIN_S

PATH = "/api/v1/session"
SIGN_IN = Operation(
    method="POST",
    path=PATH,
    summary="Sign a browser in",
    detail="With an API token, or with that of a one-time link. What is kept is a cookie that no script can read; it ends with"
    f" the token, or before. {FAILURES_MAX} failures of one address within {WITHIN_S:.0f} s are 429 over_budget.",
    is_open=True,
    body={"type": "object", "required": ["token"], "properties": {"token": {"type": "string", "writeOnly": True}}},
    headers={"Set-Cookie": "The session, HttpOnly and SameSite=Lax."},
    status=204,
    refuses=("bad_request", "too_large", "foreign_origin", "over_budget"),
)
SIGN_OUT = Operation(
    method="DELETE",
    path=PATH,
    summary="Sign a browser out",
    detail="The cookie is gone from this browser; the token it signed in with holds as before.",
    headers={"Set-Cookie": "An empty session that has ended."},
    status=204,
    refuses=("foreign_origin",),
)
OFFERS = (SIGN_IN, SIGN_OUT)
