"""A browser on the page of a running Meadow; a test fails for whatever the page must never do, asked or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, StorageState, async_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE = (1440, 900)
PHONE = (390, 844)
PATIENCE_MS = 20_000  # for anything to appear; a test that passes never waits that long


class Demo(Protocol):
    """A running Meadow with tasks that keep coming. url: its address with a one-time token."""

    url: str


@dataclass
class SignedIn:
    """One sign-in for the whole session, because the token of the link works once. url: that link."""

    url: str
    state: StorageState | None = None


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


Opener = Callable[..., Awaitable[Watched]]


def base_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def watch(page: Page, base: str) -> Watched:
    """Notes errors of the console, which include refusals by the Content-Security-Policy, faults and foreign requests."""
    watched = Watched(page, base)
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", lambda said: watched.faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: watched.faults.append(str(error)))
    page.on("request", lambda asked: watched.faults.append(asked.url) if not asked.url.startswith(base) else None)
    return watched


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests; each opens contexts of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def signed_in(meadow_demo: Demo) -> SignedIn:
    return SignedIn(meadow_demo.url)


@pytest_asyncio.fixture(loop_scope="session")
async def opener(chromium: Browser, signed_in: SignedIn) -> AsyncIterator[Opener]:
    """Opens a watched page of the demo, signed in unless `known` is False."""
    async with opening(chromium, signed_in) as open_page:
        yield open_page


@asynccontextmanager
async def opening(chromium: Browser, way_in: SignedIn) -> AsyncIterator[Opener]:
    """Opens watched pages of one Meadow; at the end nothing may have been wrong with any."""
    opened: list[Watched] = []
    base = base_of(way_in.url)

    async def open_page(*, size: tuple[int, int] = WIDE, dark: bool = False, known: bool = True) -> Watched:
        if known and way_in.state is None:
            way_in.state = await follow_link(chromium, way_in.url)
        context = await new_context(chromium, size, dark, way_in.state if known else None)
        watched = watch(await context.new_page(), base)
        opened.append(watched)
        return watched

    yield open_page
    faults = [fault for watched in opened for fault in watched.faults]
    for watched in opened:
        await watched.page.context.close()
    assert not faults


async def follow_link(browser: Browser, url: str) -> StorageState:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(url)
    await page.get_by_role("heading", name="Overview").wait_for(state="attached", timeout=PATIENCE_MS)
    assert "token" not in page.url
    state = await context.storage_state()
    await context.close()
    return state


async def new_context(
    browser: Browser, size: tuple[int, int], dark: bool, state: StorageState | None
) -> BrowserContext:
    return await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        storage_state=state,
        reduced_motion="reduce",  # a test sees what is there, not what is on its way
        timezone_id="Asia/Kathmandu",  # 45 minutes off the hour, so that a time in the wrong zone is seen
    )
