"""Settings into what one process of query, control or web hosts."""

from __future__ import annotations

import time

from meadow.core.guard import Guard, GuardSettings
from meadow.core.tokens import Tokens
from meadow.deploy.roles import Listening, Web
from meadow.deploy.token import Vouched
from meadow.deploy.worker_app import Hosted
from meadow.web.forward import Forward
from meadow.web.service import Web as Page
from meadow.web.session import WebSettings


def hosted_web(role: Web) -> Hosted:
    """The page, sessions, and the way to query and control."""
    tokens = Tokens(role.secret, Vouched, time.time)
    forward = Forward(role.query, role.control)
    page = Page(tokens, WebSettings(https=role.https), forward.checks(), now_s=time.time)
    guard = guarding(tokens, role.listening, https=role.https)
    return Hosted(guard, (page, forward), (forward,), streaming=(forward,))


def guarding(tokens: Tokens, listening: Listening, *, https: bool = False) -> Guard:
    """The guard of a service that listens there."""
    return Guard(tokens, GuardSettings(bind=listening.host, hosts=frozenset(listening.hosts), https=https))
