"""Every page draws real data, wide and narrow, light and dark, without a fault or a request to anybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.places import places
from tests.web.watched import LOOKS, PHONE, WIDE

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser

FIRST_BYTES_MAX = 46_080  # 45 KB, packed, with the document
TAKEN = """Object.fromEntries(
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
        .filter((each) => !each.name.includes("/api/"))
        .map((each) => [new URL(each.name).pathname, each.encodedBodySize]))"""
# A slow machine draws later than the page joins the stream, whose piece is for after the first look.
NOTHING_LATER = (
    "const soon = setTimeout; window.setTimeout = (work, ms, ...given) => (ms > 3000 ? 0 : soon(work, ms, ...given))"
)
SIZES = {"wide": WIDE, "phone": PHONE}


@pytest.mark.parametrize(("size", "dark"), LOOKS)
async def test_every_page_draws_real_data(opener: Opener, size: tuple[int, int], dark: bool) -> None:
    watched = await opener(size=size, dark=dark)
    for path, sign in (await places(watched)).values():
        page = await watched.open(path)
        await page.locator(sign).first.wait_for()
        await nothing_overflows(page)
        await nothing_is_unreadable(page)


async def test_a_narrow_page_has_its_pages_at_the_foot(opener: Opener) -> None:
    watched = await opener(size=PHONE)
    page = await watched.open("/")
    bar = page.get_by_role("navigation", name="Pages")
    await bar.get_by_role("link", name="Workers").click()
    await page.locator("table.t .host").first.wait_for()
    assert await bar.get_by_role("link", name="Workers").get_attribute("aria-current") == "page"
    await bar.get_by_role("button", name="More").click()
    await page.get_by_role("button", name="Sign out").wait_for()
    assert not await page.get_by_role("navigation", name="Main").is_visible()


async def nothing_overflows(page: Page) -> None:
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


async def nothing_is_unreadable(page: Page) -> None:
    text = await page.locator("body").inner_text()
    assert not [word for word in ("NaN", "undefined", "[object", "Invalid Date", "1970-01-01") if word in text]


@pytest.mark.parametrize("size", SIZES)
async def test_a_task_tells_its_story(opener: Opener, size: str) -> None:
    watched = await opener(size=SIZES[size])
    page = await watched.open("/tasks?q=state:succeeded")
    await page.locator(".tr").first.click()
    await page.get_by_role("link", name="Open").click()
    await page.wait_for_url("**/tasks/*")
    await page.locator(".ev").first.wait_for()
    await page.locator(".phase").first.wait_for()
    await page.locator(".ev").first.click()
    await page.locator(".rawbody pre").first.wait_for()
    await nothing_overflows(page)
    await nothing_is_unreadable(page)


async def test_a_worker_shows_what_it_ran(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/workers")
    await page.locator("table.t .host a").first.click()
    await page.wait_for_url("**/workers/*")
    await page.get_by_text("Recent tasks").wait_for()
    await page.locator(".facts").wait_for()
    await nothing_is_unreadable(page)


async def test_the_theme_is_the_readers(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/")
    light = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    await page.locator(".side .me").click()
    await page.get_by_text("Dark theme").click()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    await page.reload()
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"


async def test_keys_widen_and_narrow_the_range(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/")
    await page.locator(".strip").wait_for()
    await page.keyboard.press("[")
    await page.wait_for_url("**from=now-6h*")
    await page.keyboard.press("]")
    await page.keyboard.press("]")
    await page.wait_for_url("**from=now-15m*")


async def test_little_is_taken_before_the_overview_is_seen(opener: Opener) -> None:
    watched = await opener()
    await watched.page.add_init_script(NOTHING_LATER)
    page = await watched.open("/")
    await page.locator(".lane svg").first.wait_for()
    taken = await page.evaluate(TAKEN)
    assert sum(taken.values()) <= FIRST_BYTES_MAX, taken
