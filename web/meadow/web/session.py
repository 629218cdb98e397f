"""Signs browsers in and out: a token becomes a cookie that no script can read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from meadow.core.errors import Unauthenticated
from meadow.core.guard import clear_cookie, set_cookie
from meadow.core.http import caller_or_none, open_to_all, read_json
from meadow.core.proxies import client_of
from meadow.core.scope import Caller
from meadow.core.tokens import Audience, Credential, Tokens
from meadow.web.attempts import Attempts
from meadow.web.one_time import OneTime


@dataclass(frozen=True, slots=True)
class WebSettings:
    """session_s  how long a browser stays signed in; never longer than the token it signed in with.
    link_s     how long a one-time link waits to be opened.
    https      whether browsers reach Meadow by https: then the cookie is Secure.
    """

    session_s: float = 12 * 3600.0
    link_s: float = 3600.0
    https: bool = False


class Session:
    """POST and DELETE /api/v1/session, and one-time links. Failures are bounded by address: OverBudget."""

    def __init__(self, tokens: Tokens, settings: WebSettings, now_s: Callable[[], float]) -> None:
        self._tokens = tokens
        self._settings = settings
        self._now_s = now_s
        self._links = OneTime(now_s)
        self._attempts = Attempts(time.monotonic)

    def one_time_url(self, base: str, caller: Caller) -> str:
        """`{base}/?token=…`, good for one browser once. base: `http://localhost:5555`, as the person will open it."""
        token = self._links.issue(caller, link_s=self._settings.link_s, session_s=self._settings.session_s)
        return f"{base.rstrip('/')}/?token={token}"

    @open_to_all
    async def sign_in(self, request: web.Request) -> web.Response:
        """{"token": an API token, or that of a one-time link}. 204 with the cookie."""
        self._attempts.must(client_of(request))
        token = (await read_json(request)).get("token")
        try:
            credential = self._credential(token if isinstance(token, str) else "")
        except Unauthenticated:
            self._attempts.failed(client_of(request))
            raise
        return self._keep(request, web.Response(status=204), credential)

    async def sign_out(self, request: web.Request) -> web.Response:
        """204; the cookie is gone from this browser."""
        response = web.Response(status=204)
        clear_cookie(response)
        return response

    def follow_link(self, request: web.Request) -> web.Response:
        """GET /?token=…: signs in and leads to the same address without it. A link that holds no longer leads to the
        sign-in page, which says so; a browser that is signed in already stays as it is."""
        self._attempts.must(client_of(request))
        rest = [(name, value) for name, value in request.query.items() if name != "token"]
        home = f"/?{urlencode(rest)}" if rest else "/"
        credential = self._links.use(request.query["token"])
        if credential is not None:
            return self._keep(request, _leading_to(home), credential)
        if caller_or_none(request) is not None:
            return _leading_to(home)
        self._attempts.failed(client_of(request))
        return _leading_to("/signin?reason=link")

    def _credential(self, token: str) -> Credential:
        return self._links.use(token) or self._tokens.read(token, Audience.API)

    def _keep(self, request: web.Request, response: web.Response, credential: Credential) -> web.Response:
        lifetime_s = min(self._settings.session_s, credential.expires_at - self._now_s())
        session = self._tokens.session(credential, lifetime_s)
        set_cookie(response, session, lifetime_s=lifetime_s, secure=self._settings.https or request.secure)
        response.headers["Cache-Control"] = "no-store"
        return response


def _leading_to(location: str) -> web.Response:
    return web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})
