"""A browser, and what opens pages of the demo in it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.servers.meadow import Demo
from tests.web.opening import Opener, SignedIn, opening

__all__ = ["Opener"]
CHROMIUM = "/usr/bin/chromium"
RUNNING = pytest.StashKey[Demo]()
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests; each opens contexts of its own."""
    async with async_playwright() as playwright:
        # it puts a socket into this folder, whose whole path has at most 107 bytes (unix(7))
        short: dict[str, str | float | bool] = {**os.environ, "TMPDIR": "/tmp"}
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, env=short)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def signed_in(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedIn]:
    """Into one `meadow demo` for all tests of the page."""
    demo = Demo(tmp_path_factory.mktemp("demo")).start()
    request.config.stash[RUNNING] = demo
    yield SignedIn(demo.sign_in_url)
    demo.stop()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """A demo works as long as it lives: it is stopped when the next test does without, for that one wants the processor."""
    demo = item.config.stash.get(RUNNING, None)
    if demo and nextitem and "signed_in" not in getattr(nextitem, "fixturenames", ()):
        demo.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def opener(chromium: Browser, signed_in: SignedIn) -> AsyncIterator[Opener]:
    """Opens a watched page of the demo, signed in unless `known` is False."""
    async with opening(chromium, signed_in) as open_page:
        yield open_page
