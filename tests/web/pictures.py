"""Takes pictures of every page in both themes, wide and narrow: `python -m tests.web.pictures`.

All of them go to `.pictures/`, which git does not keep; the few that the documents show go to docs/pictures.
"""

from __future__ import annotations

import asyncio
import base64
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.house.tree import ROOT
from tests.servers.meadow import Meadow
from tests.web.hour_told import meadow_of_the_hour
from tests.web.opening import SignedIn, opening
from tests.web.page import ARGUMENTS, CHROMIUM
from tests.web.places import places
from tests.web.watched import PHONE, WIDE, Watched

ALL = ROOT / ".pictures"
SHOWN = ROOT / "docs/pictures"
KEPT = ("overview-light", "tasks-peek-light", "overview-phone-light")
BYTES_MAX = 150_000
QUALITY = 85
KEYS = {"palette": "Control+k", "keys": "?"}


async def main(meadow: Meadow) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--disable-lcd-text"])
        await all_of(browser, SignedIn(meadow.sign_in_url))
        await browser.close()
    SHOWN.mkdir(exist_ok=True)
    for name in KEPT:
        picture = ALL / f"{name}.webp"
        assert picture.stat().st_size <= BYTES_MAX, f"{picture} has {picture.stat().st_size} bytes"
        shutil.copy(picture, SHOWN)


async def all_of(browser: Browser, way_in: SignedIn) -> None:
    async with opening(browser, way_in) as open_page:
        known = await (await open_page(size=WIDE)).open("/")  # that not all was seen is known some seconds later
        await known.locator(".gap").first.wait_for(state="attached", timeout=60_000)
        for dark in (False, True):
            for size in (WIDE, PHONE):
                watched = await open_page(size=size, dark=dark)
                kind = ("-phone" if size == PHONE else "") + ("-dark" if dark else "-light")
                await every_page(watched, kind)
                watched.faults.clear()  # tests judge; pictures are looked at


async def every_page(watched: Watched, kind: str) -> None:
    for name, (path, sign) in (await places(watched)).items():
        page = await watched.open(path)
        await page.locator(sign).first.wait_for()
        await page.locator("[aria-busy=true]").first.wait_for(state="detached")
        await taken(watched, ALL / f"{name}{kind}.webp")
    for name, keys in KEYS.items():
        await watched.page.keyboard.press(keys)
        await watched.page.get_by_role("dialog").wait_for()
        await taken(watched, ALL / f"{name}{kind}.webp")
        await watched.page.keyboard.press("Escape")


async def taken(watched: Watched, path: Path) -> None:
    """WebP, which Playwright's own screenshots cannot be, and which is a third of the same PNG."""
    session = await watched.page.context.new_cdp_session(watched.page)
    answer = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(base64.b64decode(answer["data"]))
    await session.detach()


if __name__ == "__main__":
    ALL.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, meadow_of_the_hour(Path(folder)) as running:
        asyncio.run(main(running))
