"""The web part's HTTP surface: the built page, signing in and out, alive and ready."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from aiohttp import web

from meadow.core.errors import NotFound
from meadow.core.http import caller_or_none, open_to_all
from meadow.core.scope import Caller
from meadow.core.tokens import Tokens
from meadow.web.bundle import ASSETS, Bundle
from meadow.web.offers import SIGN_IN, SIGN_OUT
from meadow.web.ready import Check, Ready
from meadow.web.session import Session, WebSettings

NOT_THE_API = r"(?!api(?:/|$)).*"
FAVICONS = ("favicon.ico", "favicon.svg")
# A path of this host: `//host` and `/\host` would lead a browser elsewhere.
_OWN_PATH = re.compile(r"/(?![/\\])[!-~]{0,1000}")


class Web:
    """Serves the page to whoever is signed in, and the way in to whoever is not.

    checks  what /readyz asks, by name.
    bundle  the page; read from the package when not given.
    now_s   epoch seconds.
    """

    def __init__(
        self,
        tokens: Tokens,
        settings: WebSettings,
        checks: Mapping[str, Check],
        *,
        now_s: Callable[[], float],
        bundle: Bundle | None = None,
    ) -> None:
        self._session = Session(tokens, settings, now_s)
        self._ready = Ready(checks)
        self._bundle = bundle or Bundle()

    def routes(self) -> list[web.RouteDef]:
        """The page takes every GET that is not under /api."""
        return [
            web.get("/healthz", self._ready.healthz),
            web.get("/readyz", self._ready.readyz),
            web.post(SIGN_IN.path, self._session.sign_in),
            web.delete(SIGN_OUT.path, self._session.sign_out),
            web.get("/signin", self.signin),
            web.get(f"/{{path:{NOT_THE_API}}}", self.page),
        ]

    def one_time_url(self, base: str, caller: Caller) -> str:
        """A link that signs one browser in as `caller`, once. base: `http://localhost:5555`."""
        return self._session.one_time_url(base, caller)

    @open_to_all
    async def signin(self, request: web.Request) -> web.Response:
        """The same page; it shows the form by its address."""
        return self._bundle.index(request)

    @open_to_all
    async def page(self, request: web.Request) -> web.Response:
        """A file of the page, or the page itself for every address it may show. 303 to /signin without a session."""
        name = request.match_info["path"]
        if not name and "token" in request.query and request.method == "GET":
            return self._session.follow_link(request)
        found = self._bundle.answer(request, name) if name != "index.html" else None
        if found is not None:
            return found
        if name in FAVICONS:
            return self._bundle.answer(request, FAVICONS[1]) or web.Response(status=204)
        if name.startswith(ASSETS):
            raise NotFound("No such file; the page was rebuilt, load it again.")
        return self._bundle.index(request) if caller_or_none(request) else _to_signin(request)


def _to_signin(request: web.Request) -> web.Response:
    """Without the token of a link, which has no place in an address that is kept."""
    wanted = str(request.rel_url.without_query_params("token"))
    query = f"?next={quote(wanted, safe='/')}" if wanted != "/" and _OWN_PATH.fullmatch(wanted) else ""
    return web.Response(status=303, headers={"Location": f"/signin{query}", "Cache-Control": "no-store"})
