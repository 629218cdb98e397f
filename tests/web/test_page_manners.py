"""Nothing is guessed, hidden or forgotten: what was typed stays, old rows stay dimmed, what is out of sight asks nothing."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser
QUIET_MS = 8_000  # longer than any page waits before it asks again
OUT_OF_SIGHT = """
Object.defineProperty(document, "visibilityState", { value: "hidden" });
document.dispatchEvent(new Event("visibilitychange"));
"""


async def test_a_state_switched_beside_alternatives_narrows_all_of_them(opener: Opener) -> None:
    page = await (await opener()).open("/tasks?q=name:receipt+OR+name:capture")
    await page.locator(".facet.SUCCESS").click()
    await page.wait_for_url("**q=state:SUCCESS**")
    assert parse_qs(urlsplit(page.url).query)["q"] == ["state:SUCCESS (name:receipt OR name:capture)"]
    await page.locator(".tr .SUCCESS").first.wait_for()
    assert await page.locator(".tr .st:not(.SUCCESS)").count() == 0


async def test_a_filter_that_is_too_long_is_refused_and_stays_as_typed(opener: Opener) -> None:
    page = await (await opener()).open("/tasks")
    await page.locator("#filter").fill("x" * 5_000)
    await page.get_by_text("up to 2048 characters").wait_for()
    await page.keyboard.press("Enter")
    assert len(await page.locator("#filter").input_value()) == 5_000
    assert "q=" not in page.url


async def test_suggestions_do_not_cover_what_was_found(opener: Opener) -> None:
    page = await (await opener()).open("/tasks")
    await page.locator("#filter").fill("state:succeeded ")
    await page.keyboard.press("Enter")
    await page.locator(".fchip").wait_for()
    await page.locator("#hints").wait_for(state="hidden")
    await page.keyboard.press("ArrowDown")
    await page.locator("#hints").wait_for()


async def test_space_peeks_at_the_row_after_a_state_was_clicked(opener: Opener) -> None:
    page = await (await opener()).open("/tasks")
    await page.locator(".facet.SUCCESS").click()
    await page.wait_for_url("**q=state:SUCCESS**")
    await page.locator(".tr .SUCCESS").first.wait_for()
    await page.keyboard.press("j")
    await page.keyboard.press("Space")
    await page.locator(".peek .kv").wait_for()
    assert "q=state:SUCCESS" in page.url


async def test_a_peek_at_nothing_can_be_closed(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/tasks?peek=nope")
    await page.locator(".peek [role=alert]").wait_for()
    await page.locator(".peek").get_by_label("Close").click()
    await page.locator(".peek").wait_for(state="detached")
    watched.expected("404")


async def test_a_day_that_does_not_exist_is_no_time(opener: Opener) -> None:
    page = await (await opener()).open("/tasks")
    await page.get_by_title("Range of time").click()
    await page.get_by_label("From").fill("2026-02-30")
    await page.get_by_role("button", name="Apply").click()
    await page.get_by_text("“2026-02-30” is no time.").wait_for()
    await page.get_by_label("From").fill("2026-02-28 9:05")
    await page.get_by_role("button", name="Apply").click()
    await page.wait_for_url("**from=2026-02-28T09:05**")


async def test_a_dialog_goes_with_its_page_and_the_palette_waits_for_it(opener: Opener) -> None:
    page = await (await opener()).open("/tasks")
    await page.locator(".nav a", has_text="Workers").click()
    await page.locator("td a.n").first.click()
    await page.get_by_role("button", name="Grow…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("How many more").fill("101")
    await dialog.get_by_text("a whole number of 1 to 100").wait_for()
    await page.keyboard.press("Control+k")
    assert await page.get_by_role("dialog").count() == 1
    await page.go_back()
    await dialog.wait_for(state="detached")


async def test_rows_stay_dimmed_while_others_are_asked(opener: Opener) -> None:
    page = await (await opener()).open("/tasks?from=now-24h")
    await page.locator(".tr").first.wait_for()
    answer = asyncio.Event()

    async def late(route: Route) -> None:
        await answer.wait()
        await route.continue_()

    await page.route(re.compile(r"/api/v1/tasks\?.*q=state"), late)
    await page.locator(".facet.SUCCESS").click()
    await page.locator(".tgrid[aria-busy=true] .tr").first.wait_for()
    answer.set()
    await page.locator(".tgrid[aria-busy=false] .tr").first.wait_for()


async def test_out_of_sight_nothing_is_asked(opener: Opener) -> None:
    watched = await opener()
    async with watched.page.expect_response("**step=1d**"), watched.page.expect_response("**step=auto**"):
        page = await watched.open("/tasks?tail=1")  # the last questions of a page that begins
    await page.locator(".tr").first.wait_for()
    await page.evaluate(OUT_OF_SIGHT)
    await page.get_by_text("while out of sight").wait_for()
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url))
    await page.wait_for_timeout(QUIET_MS)  # that nothing comes is what is tried
    assert not asked
