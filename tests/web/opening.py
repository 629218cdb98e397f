"""Opens pages of one Meadow; a test fails for whatever the page must never do, asked or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, StorageState

from tests.web.watched import PATIENCE_MS, WIDE, Watched, base_of, watch


@dataclass
class SignedIn:
    """One sign-in for the whole session, because the token of the link works once. url: that link."""

    url: str
    state: StorageState | None = None


Opener = Callable[..., Awaitable[Watched]]


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
    assert not faults, faults


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
