"""The filter of the tasks: completed from the API, counted by state and over time, refused with the place in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser
EVERYTHING = "/tasks?from=now-24h"


async def test_fields_then_values_with_counts_are_completed_by_keys(opener: Opener) -> None:
    page = await (await opener()).open(EVERYTHING)
    await page.locator(".tr").first.wait_for()
    await page.keyboard.press("/")
    await page.keyboard.type("-na")
    await page.get_by_role("option", name="-name:").wait_for()
    await page.keyboard.press("Tab")
    await page.keyboard.type("captur")
    counted = page.get_by_role("option", name="-name:=shop.payments.capture")
    await counted.wait_for()
    assert int("".join(filter(str.isdigit, (await counted.inner_text()).splitlines()[-1]))) > 0
    await page.keyboard.press("Enter")
    await page.locator(".fchip.not", has_text="shop.payments.capture").wait_for()
    await page.keyboard.press("Backspace")
    await page.locator(".fchip").wait_for(state="detached")


async def test_a_bad_token_stays_underlined_and_says_where_and_why(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/tasks?q=state:succeeded+runtime:soon")
    await page.get_by_text("At character 25:").wait_for()
    assert await page.locator(".fchip.wrong").text_content() == "runtime:soon"
    await page.get_by_label("Remove runtime:soon").click()
    await page.locator(".tr .SUCCESS").first.wait_for()
    await page.locator("#fault").wait_for(state="detached")
    watched.expected("400")


async def test_states_are_counted_and_switch_the_filter(opener: Opener) -> None:
    page = await (await opener()).open(EVERYTHING)
    succeeded = page.locator(".facet.SUCCESS")
    await succeeded.locator("em").wait_for()
    await succeeded.click()
    await page.wait_for_url("**q=state:SUCCESS**")
    await page.locator(".facet.SUCCESS[aria-pressed=true]").wait_for()
    assert await page.locator(".facet.RECEIVED em").count() == 1  # the others are counted as if none was switched on


async def test_a_drag_over_the_histogram_narrows_the_range_and_a_click_leads_back(opener: Opener) -> None:
    page = await (await opener()).open("/tasks?from=now-15m")
    chart = page.locator(".histo .chart").first
    await chart.locator("path.area").first.wait_for(state="attached")
    await drag(page, ".histo .chart")
    await page.wait_for_url(lambda url: "to=20" in url)
    await page.get_by_label("Back to the range before").wait_for()
    await page.locator(".histo .chart").first.click()
    await page.wait_for_url(lambda url: "from=now-15m" in url and "to=" not in url)
    await page.go_back()
    await page.wait_for_url(lambda url: "to=20" in url)


async def drag(page: Page, selector: str) -> None:
    box = await page.locator(selector).first.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.9, middle, steps=4)
    await page.mouse.up()
