"""What is asked for is shown as it is: columns that fit, days that are said, a sheet of paper with the rows in sight."""

from __future__ import annotations

from datetime import UTC, datetime
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


async def test_who_selects_text_does_not_look_into_it(opener: Opener) -> None:
    page = await (await opener()).open("/tasks?q=state:succeeded")
    name = page.locator("#row-3 .nm bdi")
    await name.wait_for()
    box = await name.bounding_box()
    assert box
    await page.mouse.move(box["x"] + 2, box["y"] + 8)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 8, steps=4)
    await page.mouse.up()
    assert await page.evaluate("getSelection().toString()")
    assert "peek=" not in page.url
    await page.evaluate("getSelection().empty()")
    await name.click()
    await page.wait_for_url("**peek=*")


async def test_who_comes_back_from_a_task_finds_its_row(opener: Opener) -> None:
    watched = await opener(size=(1440, 500))
    page = await watched.open("/tasks?q=state:succeeded&tail=1")
    await page.locator("#row-12").wait_for()
    await watched.open(
        f"/tasks?q=state:succeeded&from=now-24h&to={datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    )  # stands still
    await page.locator("#row-12").wait_for()
    for _ in range(13):
        await page.keyboard.press("j")
    task_id = await page.locator(".tr.cur input").get_attribute("aria-label")
    await page.keyboard.press("Enter")
    await page.locator(".ev").first.wait_for()
    await page.go_back()
    await page.locator(".tr.cur").wait_for()
    assert await page.locator(".tr.cur input").get_attribute("aria-label") == task_id
    assert await page.evaluate("document.querySelector('#tasks').scrollTop") > 0
