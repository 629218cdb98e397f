"""The guard in front of all routes: which host, which page, who asks; and the headers that keep browsers strict."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from meadow.core import log_context
from meadow.core.errors import ForeignOrigin, Unauthenticated, WrongHost
from meadow.core.http import CALLER, REQUEST_ID, STARTED, Handler, Routes, is_open, problems
from meadow.core.proxies import CLIENT, FORWARDED_FOR, Proxies
from meadow.core.tokens import Audience, Credential, Tokens

COOKIE = "meadow_session"
CREDENTIAL = web.RequestKey("credential", Credential)
READS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
WILDCARDS = frozenset({"0.0.0.0", "[::]", ""})  # noqa: S104 compared with, never bound
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\[\]]+)(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """bind            the address Meadow listens on, as it was given.
    hosts           more names it is reached by (a proxy's), without ports.
    https           whether browsers reach it by https: then the cookie is Secure, and an http page is foreign.
    proxies         whose X-Forwarded-For is believed.
    body_bytes_max  larger bodies are refused.
    """

    bind: str = "127.0.0.1"
    hosts: frozenset[str] = frozenset()
    https: bool = False
    proxies: Proxies = field(default_factory=Proxies)
    body_bytes_max: int = 1_000_000

    def takes(self, host: str) -> bool:
        """Whether a Host header's name, without port, is one of ours. A name that is not could be an attacker's, pointed
        at this address (DNS rebinding); a bare address cannot, so all of them will do where Meadow listens on all."""
        bind = _bracketed(self.bind)
        names = {"localhost", "127.0.0.1", "[::1]", bind, *map(_bracketed, self.hosts)}
        return bool(host) and (host in names or (bind in WILDCARDS and _is_address(host)))


class Guard:
    """Lets a request through to its handler, or raises a typed refusal.

    Host       must be one of ours: WrongHost.
    Credential `Authorization: Bearer`, else the cookie; a handler not marked `open_to_all` needs one: Unauthenticated.
    Origin     a write by cookie must come from Meadow's own page: ForeignOrigin. A bearer needs none, because no browser
               adds it by itself.
    """

    def __init__(self, tokens: Tokens, settings: GuardSettings) -> None:
        self._tokens = tokens
        self._settings = settings

    def app(self, parts: Sequence[Routes], *, around: Sequence[Middleware] = ()) -> web.Application:
        """One application of these parts, guarded. To be served with `core.http.AccessLog`, or without an access log.

        around  middlewares outside of all others: they see each request, and how it was answered or refused.
        """
        middlewares = [*around, problems, self.check]
        app = web.Application(middlewares=middlewares, client_max_size=self._settings.body_bytes_max)
        app.on_response_prepare.append(_strict)
        for part in parts:
            app.add_routes(part.routes())
        return app

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Everything above, in that order."""
        request[CLIENT] = self._settings.proxies.client_of(request.remote, request.headers.getall(FORWARDED_FOR, []))
        name, port = _name_and_port(request.headers.get(hdrs.HOST, ""))
        if not self._settings.takes(name):
            raise WrongHost(
                "Meadow does not go by this Host. If it should: --allowed-host NAME, or MEADOW_ALLOWED_HOST."
            )
        bearer = request.headers.get(hdrs.AUTHORIZATION)
        if bearer is None and request.method not in READS:
            self._check_origin(request, name, port)
        if is_open(request.match_info.handler):
            self._know(request, self._credential_or_none(request))
        else:
            self._know(request, self._credential(request))
        return await handler(request)

    def _credential(self, request: web.Request) -> Credential:
        header = request.headers.get(hdrs.AUTHORIZATION)
        if header is not None:
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer":
                raise Unauthenticated("Only `Authorization: Bearer` is taken.")
            return self._tokens.read(token.strip(), Audience.API)
        cookie = request.cookies.get(COOKIE)
        if cookie is None:
            raise Unauthenticated("Sign in, or send `Authorization: Bearer` with a token of this Meadow.")
        return self._tokens.read(cookie, Audience.SESSION)

    def _credential_or_none(self, request: web.Request) -> Credential | None:
        try:
            return self._credential(request)
        except Unauthenticated:
            return None

    def _know(self, request: web.Request, credential: Credential | None) -> None:
        if credential is not None:
            request[CREDENTIAL], request[CALLER] = credential, credential.caller
            log_context.TENANT.set(credential.caller.tenant.slug)

    def _check_origin(self, request: web.Request, name: str, port: str) -> None:
        """By cookie, or on the way to one: without either there is nothing another page could abuse, so a command line
        that sends no Origin may sign in."""
        origin, site = request.headers.get(hdrs.ORIGIN), request.headers.get("Sec-Fetch-Site", "same-origin")
        if origin is None and COOKIE not in request.cookies and site == "same-origin":
            return
        if site != "same-origin" or not self._is_own(origin or "", name, port):
            raise ForeignOrigin(
                "A write with the cookie must come from Meadow's own page; elsewhere send a bearer token."
            )

    def _is_own(self, origin: str, name: str, port: str) -> bool:
        scheme, _, authority = origin.partition("://")
        if scheme != "https" and (scheme != "http" or self._settings.https):
            return False
        default = {"http": "80", "https": "443"}[scheme]
        own_name, own_port = _name_and_port(authority)
        return own_name == name and (own_port or default) == (port or default)


def set_cookie(response: web.StreamResponse, token: str, *, lifetime_s: float, secure: bool) -> None:
    """Keeps a session token where no script can read it."""
    response.set_cookie(COOKIE, token, max_age=int(lifetime_s), path="/", httponly=True, samesite="Lax", secure=secure)


def clear_cookie(response: web.StreamResponse) -> None:
    """Signs this browser out."""
    response.del_cookie(COOKIE, path="/", httponly=True, samesite="Lax")


async def _strict(request: web.Request, response: web.StreamResponse) -> None:
    request[STARTED] = True
    response.headers.update(HEADERS)
    response.headers["X-Request-Id"] = request.get(REQUEST_ID, "-")
    response.headers.popall(hdrs.SERVER, None)


def _name_and_port(host: str) -> tuple[str, str]:
    """("", "") for what is no host."""
    match = _HOST.fullmatch(host)
    return (match[1].lower().rstrip("."), match[2] or "") if match else ("", "")


def _bracketed(host: str) -> str:
    text = host.lower().rstrip(".")
    return f"[{text}]" if ":" in text and not text.startswith("[") else text


def _is_address(host: str) -> bool:
    try:
        ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
    return True
