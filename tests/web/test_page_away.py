"""A server that stops and comes back, an answer that takes its time: what was seen stays, and nothing is lost."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from tests.servers.deadlines import until
from tests.servers.speaker import speaker

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.web.field import Field
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page", "tests.web.field")
pytestmark = [pytest.mark.browser, pytest.mark.broker]

TASKS = re.compile(r"/api/v1/tasks(\?|$)")
AWAY = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_INCOMPLETE_CHUNKED", "ERR_EMPTY_RESPONSE", "50")


async def test_a_server_that_stops_and_comes_back(field_opener: Opener, field: Field) -> None:
    with speaker(field.broker) as says:
        before = says.task()
        watched = await field_opener()
        page = await watched.open("/tasks?cluster=shop&tail=1")
        await page.locator(".tr").first.wait_for()
        await asyncio.to_thread(field.meadow.stop)
        meanwhile = says.tasks(5)
    await page.locator("button.live.stale").wait_for()
    assert await page.locator(".tr").count() >= 1
    await asyncio.to_thread(field.meadow.start)
    await page.locator("button.live:not(.stale)").wait_for(timeout=60_000)
    await until(lambda: {before, *meanwhile} <= found(field), "what was said before and meanwhile to be found", 60)
    for number in range(6):
        await page.locator(f"#row-{number}").wait_for(timeout=60_000)
    watched.expected(*AWAY)


def found(field: Field) -> set[str]:
    return {task["id"] for task in field.meadow.items("/tasks", cluster="shop")}


async def test_an_answer_that_takes_its_time_is_waited_for(field_opener: Opener, field: Field) -> None:
    with speaker(field.broker) as says:
        says.task()
    watched = await field_opener()
    page = await watched.open("/tasks?cluster=shop")
    await page.locator(".tr").first.wait_for()
    answer = asyncio.Event()

    async def late(route: Route) -> None:
        await answer.wait()
        await route.continue_()

    await page.route(TASKS, late)
    async with page.expect_request(TASKS):
        await page.keyboard.press("[")
    answer.set()
    await page.locator(".tr").first.wait_for()
    await page.unroute_all(behavior="ignoreErrors")
