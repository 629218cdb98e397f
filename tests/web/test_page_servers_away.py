"""ClickHouse or Kafka is away while the page is open: it says so, keeps what it showed, and goes on as it is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.servers.clickhouse_faults import Fault
from tests.servers.client import Refused

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.promises.away import Away
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page", "tests.web.apart")
pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.timeout(300)]

PATH = "/tasks?cluster=shop&tail=1"
BACK_WITHIN_MS = 60_000
REFUSED = ("status of 50", "ERR_INCOMPLETE_CHUNKED")  # the browser's own words for what the test did
STALE = re.compile("^Stale, ")  # from when it is, or that no news come: whichever is known first


@asynccontextmanager
async def looked_at(opener: Opener, apart: Away, path: str = PATH) -> AsyncIterator[Page]:
    """The page with tasks on it; it must be the same document at the end, live again, with all that was said meanwhile."""
    await asyncio.to_thread(apart.say, 2)
    watched = await opener()
    page = await watched.open(path)
    await page.locator("#row-0").wait_for()
    await page.locator(".facet em").first.wait_for()  # counted too, so that there is something to keep
    loaded: list[str] = []
    page.on("domcontentloaded", lambda _: loaded.append(page.url))
    yield page
    await page.locator("button.live:not(.stale)").wait_for(timeout=BACK_WITHIN_MS)
    await page.get_by_text(re.compile(rf"of {apart.said}\b")).first.wait_for(timeout=BACK_WITHIN_MS)
    await page.get_by_role("alert").wait_for(state="detached", timeout=BACK_WITHIN_MS)
    await asyncio.to_thread(apart.wait_all_there)
    assert not loaded
    watched.expected(*REFUSED)


async def tells(page: Page, words: str) -> None:
    """That the picture is old and why; and it is still there."""
    alerts = page.get_by_role("alert").filter(has_text=words)
    await alerts.filter(has_text="What you see is from").first.wait_for(timeout=BACK_WITHIN_MS)
    await page.get_by_role("button", name=STALE).wait_for(timeout=BACK_WITHIN_MS)
    assert await page.locator(".tr").count()


async def test_a_clickhouse_that_goes_and_comes_back(apart_opener: Opener, apart: Away) -> None:
    async with looked_at(apart_opener, apart) as page:
        apart.clickhouse.kill()
        try:
            await tells(page, "cannot be reached")
            await asyncio.to_thread(apart.say, 5)
        finally:
            await asyncio.to_thread(apart.clickhouse.start)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"code": 252}, "cannot do this now (TOO_MANY_PARTS"),
        pytest.param({"status": 503}, "HTTP status 503", marks=pytest.mark.slow),
    ],
    ids=["too many parts", "503"],
)
async def test_a_clickhouse_that_refuses(apart_opener: Opener, apart: Away, fault: dict[str, int], words: str) -> None:
    async with looked_at(apart_opener, apart) as page:
        apart.clickhouse.faults([Fault(times=100_000, **fault)])  # type: ignore[arg-type] # a status or a code
        try:
            await tells(page, words)
            await asyncio.to_thread(apart.say, 5)
        finally:
            apart.clickhouse.faults()


async def test_a_kafka_that_goes_and_comes_back(apart_opener: Opener, apart: Away) -> None:
    async with looked_at(apart_opener, apart) as page:
        apart.kafka.kill()
        try:
            await (
                page.get_by_role("alert").filter(has_text="New rows do not arrive now").wait_for(timeout=BACK_WITHIN_MS)
            )
            await asyncio.gather(is_refused_in_the_dialog(page), asyncio.to_thread(is_refused_a_cluster, apart))
            await asyncio.to_thread(apart.say, 5)
            assert await page.locator(".tr").count()
        finally:
            await asyncio.to_thread(apart.kafka.start)


async def is_refused_in_the_dialog(page: Page) -> None:
    """A revoke: nothing is sent that could not be recorded."""
    await page.locator(".tr").first.hover()
    await page.locator(".tr .ck input").first.check()
    await page.locator(".bulk").get_by_role("button", name="Revoke").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator(".effect li").first.wait_for(timeout=BACK_WITHIN_MS)
    await dialog.get_by_role("button", name=re.compile("^Revoke")).click()
    alert = dialog.get_by_role("alert")
    await alert.wait_for(timeout=BACK_WITHIN_MS)
    assert "Kafka does not answer now; nothing was sent" in await alert.inner_text()
    await dialog.get_by_role("button", name="Cancel").click()


def is_refused_a_cluster(apart: Away) -> None:
    with pytest.raises(Refused) as refused:
        apart.meadow.post("/clusters", {"slug": "later", "url": "amqp://guest:guest@127.0.0.1:1/later"})
    assert (refused.value.status, refused.value.body["code"]) == (503, "log_unavailable")
    assert refused.value.body["detail"] == "Kafka cannot be reached or does not answer; nothing was changed."
