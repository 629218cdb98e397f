"""Commands asked on the page, through to the real worker that obeyed: the effects, the name typed, who answered, the record."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from tests.servers.celery import start_worker
from tests.servers.deadlines import until
from tests.web.watched import PHONE

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page, Route

    from tests.servers.processes import Process
    from tests.web.field import Field
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page", "tests.web.field")
pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.usefixtures("worker")]

HOST = "w1@test"


@pytest.fixture
def worker(field: Field, tmp_path: Path) -> Iterator[Process]:
    """A real worker with two processes."""
    process = start_worker(field.broker, tmp_path, hostname=HOST, pool="prefork", concurrency=2, queues=["celery"])
    yield process
    process.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def page(field_opener: Opener, field: Field) -> AsyncIterator[Page]:
    """That worker's page, once it was heard. A question that took too long is said there, and asked again."""
    await until(lambda: heard(field), "the worker is heard")
    watched = await field_opener()
    yield await watched.open(f"/workers/{HOST}?cluster=shop")
    watched.expected("504")


async def test_a_pool_grows_as_was_asked(page: Page, field: Field) -> None:
    await page.get_by_role("button", name="Grow…", exact=True).first.click()
    dialog = page.get_by_role("dialog", name=f"Grow the pool of {HOST}?")
    await dialog.locator(".effect li").first.wait_for()
    await dialog.locator("input[name=reason]").fill("a busy hour")
    await dialog.get_by_role("button", name="Grow by 1 process").click()
    await dialog.wait_for(state="detached")
    await until(lambda: len(said(field, "stats")["pool"]["processes"]) == 3, "three processes")
    await page.locator(".toast").get_by_role("link", name="See the command").click()
    await page.locator("tr", has_text="a busy hour").get_by_text("pool_grow").wait_for()
    await page.locator("tr.opened").get_by_text(HOST).wait_for()


async def test_an_inspection_fills_the_page_and_a_queue_is_added_and_left(page: Page, field: Field) -> None:
    await page.get_by_role("button", name="Inspect now").first.click()
    await page.locator(".toast", has_text="Inspected").wait_for()
    await page.locator(".tabs").get_by_role("link", name="Pool").click()
    await page.locator("dl.kv", has_text="Prefetch").wait_for()
    await page.locator(".tabs").get_by_role("link", name="Config").click()
    await page.get_by_text("broker_url", exact=True).wait_for()
    assert "guest:guest" not in await page.locator("main").inner_text()
    await page.locator(".tabs").get_by_role("link", name="Queues").click()
    await page.get_by_role("button", name="Add a queue…").click()
    await confirm(page, "Add queue", queue="extra")
    await until(lambda: "extra" in queues(field), "it takes from the queue")
    await page.get_by_role("button", name="More…").click()
    await page.get_by_role("button", name="Take a queue away…").click()
    await confirm(page, "Stop taking", queue="extra")
    await until(lambda: "extra" not in queues(field), "it left the queue")


async def test_limits_are_set_and_a_senseless_one_is_not_sent(page: Page, field: Field) -> None:
    await page.get_by_role("button", name="More…").click()
    await page.get_by_role("button", name="Rate limit…").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[name=task_name]").fill("tests.add")
    await dialog.locator("input[name=rate_limit]").fill("fast")
    assert await dialog.get_by_role("button", name="Set rate limit").is_disabled()
    await confirm(page, "Set rate limit", rate_limit="10/m")
    await until(lambda: any("10/m" in line for line in said(field, "registered")), "the limit")
    await page.get_by_role("button", name="More…").click()
    await page.get_by_role("button", name="Time limits…").click()
    await confirm(page, "Set time limits", task_name="tests.add", soft_s="30", hard_s="60")
    await page.locator(".toast", has_text="Set time limits").wait_for()


async def test_a_shutdown_wants_the_name_and_ends_the_worker(page: Page, worker: Process) -> None:
    await page.get_by_role("button", name="Shut down…").click()
    dialog = page.get_by_role("dialog", name=f"Shut down {HOST}?")
    button = dialog.get_by_role("button", name="Shut down", exact=True)
    await dialog.locator(".effect li").first.wait_for()
    assert await button.is_disabled()
    await dialog.locator("input[name=typed]").fill("w2@test")
    assert await button.is_disabled()
    await dialog.locator("input[name=typed]").fill(HOST)
    await button.click()
    await until(lambda: worker.ended, "the worker ended")
    await page.locator(".tag", has_text="Offline").wait_for()
    await page.get_by_role("link", name="See its lost tasks").wait_for()


async def test_a_command_from_elsewhere_comes_to_the_open_trail_by_itself(field_opener: Opener, field: Field) -> None:
    watched = await field_opener()
    page = await watched.open("/commands?cluster=shop&command=ping")
    await page.locator("main .panel").wait_for()
    reason = f"from elsewhere at {time.monotonic_ns()}"
    order = {"command": "ping", "arguments": {}, "reason": reason}
    await asyncio.to_thread(field.meadow.post, "/clusters/shop/commands", order)
    await page.locator("tr", has_text=reason).wait_for()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**open=*")
    await page.locator("tr.opened").get_by_text(HOST).wait_for()


async def test_a_phone_shows_how_each_command_ended(field_opener: Opener, field: Field) -> None:
    reason = f"on the way, at {time.monotonic_ns()}, with much to say about why it must be just now"
    order = {"command": "ping", "arguments": {}, "reason": reason}
    await asyncio.to_thread(field.meadow.post, "/clusters/shop/commands", order)
    page = await (await field_opener(size=PHONE)).open("/commands?cluster=shop&command=ping")
    await page.locator("tr", has_text=reason).get_by_role("button").click()
    await page.locator("tr.opened").get_by_text(HOST).wait_for()
    box = await page.locator("tr", has_text=reason).locator(".outcome").bounding_box()
    assert box
    assert box["x"] + box["width"] <= PHONE[0]


async def test_a_command_before_the_stream_began_comes_too(field_opener: Opener, field: Field) -> None:
    watched = await field_opener()
    page, told = watched.page, asyncio.Event()

    async def late(route: Route) -> None:
        await told.wait()
        await route.continue_()

    await page.route(re.compile(r"/api/v1/live\?"), late)
    await watched.open("/commands?cluster=shop&command=ping")
    await page.locator(".t, .empty").first.wait_for()
    reason = f"told early at {time.monotonic_ns()}"
    order = {"command": "ping", "arguments": {}, "reason": reason}
    await asyncio.to_thread(field.meadow.post, "/clusters/shop/commands", order)
    told.set()
    await page.locator("tr", has_text=reason).wait_for()


async def confirm(page: Page, button: str, **fields: str) -> None:
    dialog = page.get_by_role("dialog")
    for name, value in fields.items():
        await dialog.locator(f"input[name={name}]").fill(value)
    await dialog.locator(".effect li").first.wait_for()
    await dialog.get_by_role("button", name=button, exact=True).click()
    await gone(dialog)


async def gone(dialog: Locator) -> None:
    await dialog.wait_for(state="detached")


def heard(field: Field) -> bool:
    return any(one["hostname"] == HOST and one["state"] == "online" for one in field.meadow.items("/workers"))


def said(field: Field, what: str) -> Any:
    """What the worker itself answers, asked past Meadow."""
    app = field.broker.app()
    try:
        return (getattr(app.control.inspect([HOST], timeout=20.0), what)() or {}).get(HOST)
    finally:
        app.close()


def queues(field: Field) -> list[str]:
    return [queue["name"] for queue in said(field, "active_queues") or []]
