"""Choosing tasks and columns: a selection says what all would be, a command says its effects before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser


async def test_keys_select_a_range_and_revoking_says_its_effects_first(opener: Opener) -> None:
    page = await (await opener()).open("/tasks?from=now-24h&q=state:succeeded")
    await page.locator(".tr").nth(5).wait_for()
    for key in ("j", "x", "j", "j", "Shift+X"):
        await page.keyboard.press(key)
    await page.get_by_text("3 selected").wait_for()
    assert await page.locator("[role=row][aria-selected=true]").count() == 3
    await page.keyboard.press("v")
    await page.get_by_role("heading", name="Revoke 3 tasks?").wait_for()
    await page.locator(".effect li", has_text="Finished already").wait_for()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.locator(".bulk").wait_for(state="detached")


async def test_all_that_match_are_collected(opener: Opener) -> None:
    page = await (await opener()).open("/tasks?q=state:failed&from=now-24h")
    await page.locator(".tr").first.hover()
    await page.locator(".tr .ck input").first.check()
    await page.get_by_text("1 selected").wait_for()
    every = page.locator(".bulk .link-b")
    await every.wait_for()
    await every.click()
    await page.wait_for_function("() => parseInt(document.querySelector('.bulk b').textContent) > 1")


async def test_columns_are_chosen_kept_and_in_the_url(opener: Opener) -> None:
    page = await (await opener()).open("/tasks")
    await page.locator(".tr").first.wait_for()
    await page.get_by_role("button", name="Columns").click()
    await page.locator("[popover] label", has_text="Result").locator("input").check()
    await page.wait_for_url("**cols=**result**")
    await page.goto(page.url.split("?")[0])
    await page.get_by_role("columnheader", name="Result").wait_for()


async def test_the_table_is_a_grid_with_one_tab_stop(opener: Opener) -> None:
    page = await (await opener()).open("/tasks")
    await page.locator(".tr").first.wait_for()
    await page.keyboard.press("j")
    grid = page.get_by_role("grid")
    await page.locator("[role=grid][aria-activedescendant=row-0]").wait_for()
    assert await grid.locator("[tabindex='0'], a:not([tabindex]), button:not([tabindex])").count() == 0
    assert await page.locator("#row-0").get_attribute("aria-rowindex") == "2"


async def test_the_order_is_in_the_url_and_only_the_newest_can_be_followed(opener: Opener) -> None:
    page = await (await opener()).open("/tasks")
    await page.get_by_role("columnheader", name="Ran").get_by_role("link").click()
    await page.wait_for_url("**sort=runtime**")
    await page.get_by_text("longest run first").wait_for()
    assert await page.get_by_role("button", name="Tail").is_disabled()
