"""What is not there or not allowed is said, with what to do: an empty tenant, a silent or incomplete cluster, a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.deadlines import wait_for
from tests.servers.speaker import Speaker, speaker

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.web.field import Field
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page", "tests.web.field")
pytestmark = [pytest.mark.browser, pytest.mark.broker]


async def test_a_tenant_without_clusters_is_told_how_to_begin(field_opener: Opener, field: Field) -> None:
    field.meadow.post("/tenants", {"slug": "empty"})
    watched = await field_opener(known=False)
    page = await watched.open("/")
    await sign_in(page, field.meadow.mint("--tenant", "empty"))
    await page.get_by_text("No clusters yet").wait_for()
    for path in ("/tasks", "/workers", "/commands"):
        await watched.open(path)
        await page.locator("main .empty").first.wait_for()


async def test_a_silent_cluster_is_told_how_to_speak(field_opener: Opener) -> None:
    watched = await field_opener()
    page = await watched.open("/tasks?cluster=quiet")
    await page.get_by_text("Let Meadow switch events on").wait_for()


async def test_an_incomplete_cluster_says_by_how_much(field_opener: Opener, field: Field) -> None:
    with speaker(field.broker, "short@test") as says:
        says.heartbeat(0)
        says.tasks(10)
        wait_for(lambda: share(field, says) < 1.0, "less than all seen", within_s=60)
    watched = await field_opener()
    page = await watched.open("/?cluster=shop")
    await page.get_by_title("Is this everything?").click()
    await page.locator(".pop td.warn, .pop .warn").first.wait_for()


async def test_who_may_only_look_is_told_why_not(field_opener: Opener, field: Field) -> None:
    with speaker(field.broker) as says:
        says.say("task-received", "waits", name="load.waits", args="(1,)", kwargs="{}", retries=0)
    watched = await field_opener(known=False)
    page = await watched.open("/tasks?cluster=shop&q=name:load.waits")
    await sign_in(page, field.meadow.mint("--permission", "tasks:read", "--permission", "workers:read"))
    await page.locator(".tr").first.click()
    await page.get_by_text("hidden for your role").first.wait_for()
    revoke = page.locator(".peek .btn.danger")
    assert await revoke.is_disabled()
    assert "tasks:control" in (await revoke.get_attribute("title") or "")
    await watched.open("/commands")
    await page.get_by_text("audit:read").first.wait_for()
    watched.expected("403")


async def test_a_filter_that_cannot_be_read_says_where(field_opener: Opener) -> None:
    watched = await field_opener()
    page = await watched.open("/tasks?cluster=shop&q=nofield:x")
    await page.get_by_role("alert").filter(has_text="nofield").first.wait_for()
    watched.expected("400")


def share(field: Field, says: Speaker) -> float:
    """What was seen, after one more heartbeat of a worker that began more: most heartbeats are thinned."""
    says.heartbeat(40)
    seen: float | None = field.meadow.get("/clusters/shop")["item"]["completeness"]["share"]
    return 1.0 if seen is None else seen


async def sign_in(page: Page, token: str) -> None:
    await page.wait_for_url("**/signin**")
    await page.get_by_label("Token").fill(token)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "/signin" not in url)
    await page.locator("main").wait_for()
