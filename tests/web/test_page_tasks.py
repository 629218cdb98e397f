"""The list of tasks: its filter lives in the URL, news arrive while one looks, rows are moved through by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser


async def test_a_filter_survives_reload_and_the_way_back(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/tasks")
    await page.locator(".tr").first.wait_for()
    await page.keyboard.press("/")
    await page.keyboard.type("state:succ")
    await page.keyboard.press("Tab")
    await page.wait_for_url("**q=state:SUCCESS**")
    await page.locator(".fchip", has_text="SUCCESS").wait_for()
    await page.locator(".tr .SUCCESS").first.wait_for()
    await page.reload()
    await page.locator(".fchip", has_text="SUCCESS").wait_for()
    await page.locator(".tr .SUCCESS").first.wait_for()
    assert await page.locator(".tr .st:not(.SUCCESS)").count() == 0
    await page.go_back()
    await page.locator(".fchip").wait_for(state="detached")


async def test_a_filter_that_finds_nothing_says_what_to_do(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/tasks?q=name:no.such.task")
    await page.get_by_text("No task matches").wait_for()
    await page.get_by_role("link", name="Clear the filter").click()
    await page.locator(".tr").first.wait_for()


async def test_with_tail_a_new_task_appears_at_the_top(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/tasks")
    await page.locator(".tr").first.wait_for()
    before = await page.locator("#row-0").inner_text()
    await page.keyboard.press("l")
    await page.wait_for_url("**tail=1**")
    await page.wait_for_function("before => document.querySelector('#row-0').innerText !== before", arg=before)


async def test_news_wait_while_one_reads_further_down(opener: Opener) -> None:
    watched = await opener(size=(1440, 400))
    page = await watched.open("/tasks?from=now-24h&tail=1")
    await page.locator("#row-12").wait_for()
    await page.evaluate("document.querySelector('#tasks').scrollTop = 60")
    newer = page.locator(".newer")
    await newer.wait_for()
    assert await page.evaluate("document.querySelector('#tasks').scrollTop") == 60
    await newer.click()
    await newer.wait_for(state="detached")


async def test_keys_move_peek_and_open(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/tasks")
    await page.locator(".tr").nth(3).wait_for()
    for _ in range(3):
        await page.keyboard.press("j")
    await page.keyboard.press("k")
    await page.locator("#row-1.cur").wait_for()
    await page.keyboard.press("Space")
    await page.locator(".peek .kv").wait_for()
    await page.keyboard.press("Escape")
    await page.locator(".peek").wait_for(state="detached")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/tasks/*")
