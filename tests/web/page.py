"""A browser, and what opens pages of the demo in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.web.opening import Opener, SignedIn, opening

__all__ = ["Opener"]
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Demo(Protocol):
    """A running Meadow with tasks that keep coming. url: its address with a one-time token."""

    url: str


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
