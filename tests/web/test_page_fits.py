"""What is asked for is shown as it is: columns that fit, days that are said, a sheet of paper with the rows in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.places import places

if TYPE_CHECKING:
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser
WIDTHS_PX = (960, 1140, 1220, 1280, 1310, 1366, 1440, 1600)
BESIDE = "document.querySelector('#tasks').scrollWidth - document.querySelector('#tasks').clientWidth"


@pytest.mark.parametrize("place", ["tasks", "tasks-peek"])
async def test_no_column_lies_out_of_sight(opener: Opener, place: str) -> None:
    watched = await opener()
    path, sign = (await places(watched))[place]
    page = await watched.open(path)
    await page.locator(sign).first.wait_for()
    for width_px in WIDTHS_PX:
        await page.set_viewport_size({"width": width_px, "height": 700})
        await page.wait_for_function(f"{BESIDE} <= 0")


async def test_a_range_over_midnight_says_both_days(opener: Opener) -> None:
    page = await (await opener()).open("/tasks?from=2026-01-10T23:00:00Z&to=2026-01-11T01:00:00Z")
    await page.get_by_role("button", name="2026-01-10 23:00 – 2026-01-11 01:00").wait_for()
    await page.keyboard.press("u")
    await page.get_by_role("button", name="2026-01-11 04:45 – 2026-01-11 06:45").wait_for()


async def test_no_day_is_made_of_a_number(opener: Opener) -> None:
    page = await (await opener()).open("/tasks?from=-5")
    await page.locator(".tr").first.wait_for()
    await page.get_by_role("button", name="Last hour").click()
    await page.get_by_label("From").fill("-5")
    await page.get_by_role("button", name="Apply").click()
    await page.get_by_text("“-5” is no time.").wait_for()


async def test_paper_takes_the_rows_in_sight(opener: Opener) -> None:
    page = await (await opener()).open("/tasks")
    await page.locator(".tr").first.wait_for()
    await page.emulate_media(media="print")
    high = await page.evaluate("document.querySelector('#tasks').clientHeight / innerHeight")
    assert 0.5 < high <= 1
