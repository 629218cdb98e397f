"""Every page, and what lies over it, can be used without seeing it well: axe-core finds nothing serious in either theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.axe import grave
from tests.web.places import places
from tests.web.watched import LOOKS

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "dark"), LOOKS)
async def test_no_page_has_a_serious_fault(opener: Opener, size: tuple[int, int], dark: bool) -> None:
    watched = await opener(size=size, dark=dark)
    found = {}
    for name, (path, sign) in (await places(watched)).items():
        page = await watched.open(path)
        await page.locator(sign).first.wait_for()
        found[name] = await grave(page)
    assert not {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_what_lies_over_a_page_has_none(opener: Opener, dark: bool) -> None:
    watched = await opener(dark=dark)
    page = await watched.open("/tasks?q=state:failed")
    await page.locator(".tr").first.wait_for()
    found = [await over(page, keys) for keys in ("Control+k", "?")]
    await page.locator(".tr").first.click()
    await page.locator(".peek .kv").wait_for()
    assert not [fault for faults in (*found, await grave(page)) for fault in faults]


async def over(page: Page, keys: str) -> list[str]:
    await page.keyboard.press(keys)
    await page.get_by_role("dialog").wait_for()
    faults = await grave(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("dialog").wait_for(state="detached")
    return faults


async def test_the_way_in_has_none(opener: Opener) -> None:
    for dark in (False, True):
        watched = await opener(dark=dark, known=False)
        page = await watched.open("/signin")
        await page.get_by_label("Token").wait_for()
        assert not await grave(page)
