"""Everything is met by a finger and by the keyboard: large enough, in the order it is read, and given back what it took."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.web.places import places
from tests.web.reach import given_back, misled, opened, small
from tests.web.watched import PHONE

if TYPE_CHECKING:
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser
DESK = (1280, 900)
SIZES = [pytest.param(DESK, 24, id="desk"), pytest.param(PHONE, 36, id="phone")]
OPENING = ("overview", "tasks-failed", "workers", "worker")
STOPS = 50  # a screen of each page, and the way round it
HEARD = """() => {
    window.heard = [];
    const live = node => (node.nodeType === 1 ? node : node.parentElement)?.closest("[aria-live], [role=alert], [role=status]");
    new MutationObserver(all => all.forEach(({ target }) => {
        const region = live(target);
        if (region && region.ariaLive !== "off") window.heard.push(target.textContent);
    })).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@pytest.mark.slow  # what is measured depends on what the demo happens to show
@pytest.mark.parametrize(("size", "least_px"), SIZES)
async def test_every_control_is_met(opener: Opener, size: tuple[int, int], least_px: int) -> None:
    watched = await opener(size=size)
    found, known = {}, set[str]()
    for name, (path, sign) in (await places(watched)).items():
        page = await watched.open(path)
        await page.locator(sign).first.wait_for()
        found[name] = await small(page, least_px)
        if name in OPENING:
            found |= {f"{name}, {words}": await small(page, least_px) async for words in opened(page, known)}
    assert not {name: faults for name, faults in found.items() if faults}


@pytest.mark.slow
@pytest.mark.parametrize(("size", "_least_px"), SIZES)
async def test_tab_goes_the_way_one_reads_and_is_seen(opener: Opener, size: tuple[int, int], _least_px: int) -> None:
    watched = await opener(size=size)
    found = {}
    for name, (path, sign) in (await places(watched)).items():
        page = await watched.open(path)
        await page.locator(sign).first.wait_for()
        found[name] = await misled(page, STOPS)
    assert not {name: faults for name, faults in found.items() if faults}


async def test_a_dialog_gives_the_keyboard_back_however_it_is_closed(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open((await places(watched))["worker"][0])
    grow = await page.get_by_role("button", name="Grow…").element_handle()
    search = await page.get_by_role("button", name="Search or run Ctrl K").element_handle()
    await grow.press("Enter")
    await page.get_by_role("button", name="Cancel").press("Enter")
    await given_back(page, grow)
    for choose in ("theme", ""):
        await search.press("Enter")
        await page.get_by_role("combobox", name="Search or run").fill(choose)
        await page.locator(".pal .opt").first.wait_for()
        await (page.keyboard.press("Enter") if choose else page.mouse.click(2, 2))
        await given_back(page, search)


async def test_what_goes_with_the_keyboard_in_it_leaves_it_in_the_list(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open((await places(watched))["tasks-peek"][0])
    tasks = await page.get_by_role("grid").element_handle()
    await page.locator(".peek").get_by_label("Close").press("Enter")
    await given_back(page, tasks)
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.get_by_label("Clear the selection").press("Enter")
    await given_back(page, tasks)
    await page.get_by_label("Remove state:failed").press("Enter")
    await page.wait_for_function("document.activeElement.id === 'tasks'")


async def test_a_countdown_is_not_read_out(opener: Opener) -> None:
    watched = await opener()
    page = watched.page
    await page.route(re.compile(r"/api/v1/workers\?"), lambda route: route.abort("blockedbyclient"))
    await watched.open("/workers")
    before = await page.get_by_text("Trying again in").inner_text()
    await page.evaluate(HEARD)
    await page.wait_for_function("was => !document.body.innerText.includes(was)", arg=before)
    assert not [said for said in await page.evaluate("window.heard") if "Trying again in" in said]
    watched.faults.clear()  # the console tells of what was cut off
