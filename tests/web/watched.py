"""A page in a browser, and whatever was wrong with it that no page may ever do."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import ConsoleMessage, Page

WIDE = (1440, 900)
PHONE = (390, 844)
LOOKS = [  # every width and every theme in `make test`, every pair of them in `make proofs`
    pytest.param(WIDE, False, id="wide-light"),
    pytest.param(PHONE, True, id="phone-dark"),
    pytest.param(WIDE, True, id="wide-dark", marks=pytest.mark.slow),
    pytest.param(PHONE, False, id="phone-light", marks=pytest.mark.slow),
]
PATIENCE_MS = 60_000  # for anything to appear; a test that passes never waits that long


@dataclass
class Watched:
    """A page and what was wrong with it so far. base: its address without the token."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    async def open(self, path: str) -> Page:
        await self.page.goto(self.base + path)
        return self.page

    def expected(self, *words: str) -> None:
        """Forgets faults that the test itself made: those that hold any of the words."""
        self.faults[:] = [fault for fault in self.faults if not any(word in fault for word in words)]


def is_fault(said: ConsoleMessage) -> bool:
    return said.type in ("error", "warning") and "status of 504" not in said.text


def told(said: ConsoleMessage) -> str:
    return f"{said.text} {said.location['url']}"


def base_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def watch(page: Page, base: str) -> Watched:
    """Notes errors of the console, which include refusals by the Content-Security-Policy, faults and foreign requests; not
    that the store was too slow (504), which on a busy machine is no fault of the page.
    """
    watched = Watched(page, base)
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", lambda said: watched.faults.append(told(said)) if is_fault(said) else None)
    page.on("pageerror", lambda error: watched.faults.append(str(error)))
    page.on("request", lambda asked: watched.faults.append(asked.url) if not asked.url.startswith(base) else None)
    return watched
