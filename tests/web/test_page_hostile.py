"""What a broker says is text: no markup of it runs, none turns the page around, none breaks its layout."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.servers.deadlines import wait_for
from tests.servers.speaker import Speaker, speaker
from tests.web.watched import PHONE, WIDE

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.web.field import Field
    from tests.web.page import Opener
    from tests.web.watched import Watched

pytest_plugins = ("tests.web.page", "tests.web.field")
pytestmark = [pytest.mark.browser, pytest.mark.broker]

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"
TURNED = "shop.\u202egpj.exe\u2066"
TEXTS = {
    "markup": MARKUP,
    "turned": TURNED,
    "long": "n" * 1_000_000,
    "faces": "👩‍👩‍👧‍👦🏳️‍🌈" * 40,
    "quoted": "a\"b'c`${1}</title>&amp;",
    "stacked": "Z" + "\u0301" * 400,
    "lines": "one\ntwo\r\nthree\tfour",
}
WORKER = f"{MARKUP}@{TURNED}"


@pytest.fixture(scope="module")
def tasks(field: Field) -> dict[str, str]:
    """What was said, to the id of the failed task that says it everywhere. Ids are hostile too."""
    ids = {key: str(uuid.uuid4()) for key in TEXTS} | {"markup": MARKUP}
    with speaker(field.broker, WORKER) as says:
        says.heartbeat(0)
        for key, text in TEXTS.items():
            failed(says, ids[key], text)
        says.heartbeat(len(TEXTS))
    wait_for(lambda: len(field.meadow.items("/tasks", state="FAILURE")) == len(TEXTS), "every failure to be stored")
    return ids


def failed(says: Speaker, task_id: str, text: str) -> None:
    says.say("task-sent", task_id, name=text, args=text, kwargs=text, queue=text, retries=0)
    says.say("task-received", task_id, name=text, args=text, kwargs=text, retries=0)
    says.say("task-started", task_id)
    says.say("task-failed", task_id, exception=f"ValueError({text!r})", traceback=f"Traceback:\n  {text}\n")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_list_shows_it_as_text(field_opener: Opener, tasks: dict[str, str], size: tuple[int, int]) -> None:
    watched = await field_opener(size=size)
    page = await watched.open("/tasks?cluster=shop")
    await page.locator(".tr").nth(len(tasks) - 1).wait_for()
    await page.locator(".tr", has_text="<img src=x").first.wait_for()
    heights = await page.locator(".tr").evaluate_all("rows => [...new Set(rows.map((row) => row.offsetHeight))]")
    assert len(heights) == 1
    await is_text(watched)


@pytest.mark.parametrize("key", TEXTS)
async def test_a_story_shows_it_as_text(field_opener: Opener, tasks: dict[str, str], key: str) -> None:
    watched = await field_opener(size=PHONE)
    page = await watched.open(f"/tasks/{quote(tasks[key], safe='')}?cluster=shop")
    await page.locator(".ev").first.click()
    await page.locator(".rawbody pre").first.wait_for()
    await is_text(watched)


@pytest.mark.parametrize("path", ["/", "/workers", f"/workers/{quote(WORKER, safe='')}?cluster=shop"])
async def test_other_pages_show_it_as_text(field_opener: Opener, tasks: dict[str, str], path: str) -> None:
    watched = await field_opener()
    page = await watched.open(path)
    await page.locator("main").get_by_text("<img src=x").first.wait_for()
    await is_text(watched)


async def is_text(watched: Watched) -> None:
    page: Page = watched.page
    assert await page.locator("main img, main script, main iframe").count() == 0
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    shown = await page.locator("body").inner_text()
    assert not [turn for turn in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" if turn in shown]
    assert len(shown) < 500_000
