"""The palette and the keys: everything is reached without a pointer, and nothing fires in a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser


async def test_the_palette_finds_pages_names_and_ids(opener: Opener) -> None:
    page = await (await opener()).open("/tasks")
    await page.locator(".tr").first.wait_for()
    await page.keyboard.press("j")
    task_id = await page.evaluate("document.querySelector('.tr.cur input').ariaLabel.split(' ')[1]")
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="Search or run").wait_for()
    await page.keyboard.type("captur")
    await page.locator(".pal").get_by_role("option", name="shop.payments.capture").wait_for()
    await page.keyboard.press("Control+a")
    await page.keyboard.type(task_id)
    await page.locator(".pal .opt", has_text=task_id).wait_for()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/tasks/{task_id}*")


async def test_the_palette_runs_and_closes(opener: Opener) -> None:
    page = await (await opener()).open("/")
    await page.get_by_role("button", name="Search or run Ctrl K").click()
    await page.get_by_role("combobox", name="Search or run").wait_for()
    await page.keyboard.type("dark")
    await page.locator(".pal .opt", has_text="dark theme").wait_for()
    await page.keyboard.press("Enter")
    await page.locator("html[data-theme=dark]").wait_for()
    await page.keyboard.press("Control+k")
    await page.locator(".pal").wait_for()
    await page.keyboard.press("Escape")
    await page.locator(".pal").wait_for(state="detached")


# Both keys in one task of the browser, so that no frame is between them: with a frame it tells of a closed dialog.
TWO_KEYS = """async () => {
  const down = (key, ctrlKey) => new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(down("Enter", false));
  for (let turn = 0; turn < 20; turn++) await null;
  document.body.dispatchEvent(down("k", true));
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}"""


async def test_the_palette_opened_as_the_last_one_closes_stays_open(opener: Opener) -> None:
    page = await (await opener()).open("/")
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="Search or run").wait_for()
    await page.keyboard.type("dark")
    await page.locator(".pal .opt", has_text="dark theme").wait_for()
    await page.evaluate(TWO_KEYS)
    await page.locator("html[data-theme=dark]").wait_for()
    await page.get_by_role("combobox", name="Search or run").wait_for()
    assert not await page.get_by_role("combobox", name="Search or run").input_value()


async def test_g_and_a_letter_lead_to_a_page_and_no_key_fires_in_a_field(opener: Opener) -> None:
    page = await (await opener()).open("/")
    await page.get_by_role("link", name="Tasks").first.wait_for()
    await page.keyboard.press("g")
    await page.keyboard.press("t")
    await page.wait_for_url("**/tasks")
    await page.locator("#filter").fill("")
    await page.keyboard.type("gw?u")
    assert page.url.endswith("/tasks")
    assert await page.locator("#filter").input_value() == "gw?u"


async def test_single_keys_can_be_switched_off(opener: Opener) -> None:
    page = await (await opener()).open("/workers")
    await page.locator("td").first.wait_for()
    await page.keyboard.press("?")
    await page.get_by_label("Single keys").uncheck()
    await page.keyboard.press("Escape")
    await page.get_by_role("heading", name="Keys").wait_for(state="detached")
    await page.keyboard.press("?")
    await page.keyboard.press("Control+k")
    await page.locator(".pal").wait_for()
    assert await page.get_by_role("heading", name="Keys").count() == 0
