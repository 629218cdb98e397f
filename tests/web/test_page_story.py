"""A task's page and a store that is behind: what is not there yet comes, and an answer that takes its time is waited for."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from playwright.async_api import Error

if TYPE_CHECKING:
    from playwright.async_api import Page, Route

    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser

STORY = re.compile(r"/api/v1/tasks/(?!facets)[^/?]+(\?|$)")
LIVE = re.compile(r"/api/v1/live(\?|$)")
ANSWER_AFTER_S = 2.5  # longer than the stream is quiet
SPEAKING = "event: events\ndata: " + orjson.dumps({"items": [], "watermark": None}).decode() + "\n\n"


async def test_events_that_are_kept_after_the_task_was_shown_come_by_themselves(opener: Opener) -> None:
    watched = await opener()
    address = await newest_task(await watched.open("/tasks?q=state:succeeded"))
    page, asked = watched.page, 0

    async def without_events(route: Route) -> None:
        nonlocal asked
        asked += 1
        answer = await route.fetch()
        story: dict[str, Any] = orjson.loads(await answer.body())
        if asked == 1:
            story["item"] |= {"events": [], "attempts": [], "events_complete": False}
        await route.fulfill(response=answer, body=orjson.dumps(story).decode())

    await page.route(LIVE, lambda route: route.abort("blockedbyclient"))  # says nothing
    await page.route(STORY, without_events)
    await watched.open(address)
    await page.get_by_text("Events", exact=True).wait_for()
    await page.locator(".ev").first.wait_for()
    assert asked >= 2
    watched.faults.clear()  # the console tells of the stream that was cut off


async def test_a_stream_that_never_stops_speaking_does_not_keep_the_answer_away(opener: Opener) -> None:
    watched = await opener()
    address = await newest_task(await watched.open("/tasks?q=state:succeeded"))
    page = watched.page

    async def late(route: Route) -> None:
        await asyncio.sleep(ANSWER_AFTER_S)
        await route.continue_()

    await page.route(LIVE, lambda route: route.fulfill(content_type="text/event-stream", body=SPEAKING))
    await page.route(STORY, late)
    await watched.open(address)
    await page.locator(".ev").first.wait_for()
    await page.unroute_all(behavior="ignoreErrors")


async def test_a_task_whose_id_is_another_question_opens_as_any_other(opener: Opener) -> None:
    watched = await opener()
    address = await newest_task(await watched.open("/tasks?q=state:succeeded"))
    page, asked = watched.page, 0

    async def called_facets(route: Route) -> None:
        nonlocal asked
        asked += 1
        answer = await route.fetch(url=f"{watched.base}/api/v1{address}")
        story: dict[str, Any] = orjson.loads(await answer.body())
        story["item"] |= {"id": "facets"}
        await route.fulfill(response=answer, body=orjson.dumps(story).decode())

    await page.route(re.compile(r"/api/v1/task\?id=facets(&|$)"), called_facets)
    await watched.open("/tasks/facets")
    await page.locator(".ev").first.wait_for()
    assert asked
    await page.unroute_all(behavior="ignoreErrors")


async def test_the_row_behind_a_peek_says_what_the_peek_says(opener: Opener) -> None:
    """Without tail: only the one looked at is read anew."""
    watched = await opener()
    page, asked = watched.page, 0

    async def revoked_meanwhile(route: Route) -> None:
        nonlocal asked
        asked += 1
        with suppress(Error):  # it is asked for ever: the last answers come when the page is gone
            answer = await route.fetch()
            story: dict[str, Any] = orjson.loads(await answer.body())
            if asked > 1:
                story["item"]["state"] = "REVOKED"
            await route.fulfill(response=answer, body=orjson.dumps(story).decode())

    await page.route(LIVE, lambda route: route.fulfill(content_type="text/event-stream", body=SPEAKING))
    await page.route(STORY, revoked_meanwhile)
    await watched.open("/tasks?q=state:succeeded")
    await page.locator(".tr .SUCCESS").first.wait_for()
    await page.keyboard.press("j")
    await page.keyboard.press("Space")
    await page.locator(".peek .st.REVOKED").wait_for()
    await page.locator(".tr.cur .REVOKED").wait_for()
    await page.unroute_all(behavior="ignoreErrors")


async def newest_task(page: Page) -> str:
    """The address of its own page."""
    await page.locator(".tr").first.click()
    await page.wait_for_url("**peek=*")
    return f"/tasks/{parse_qs(urlsplit(page.url).query)['peek'][0]}"
