"""Signing in: by the one-time link, and what is said to whom it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser


async def test_the_link_signs_in_and_leaves_no_token_behind(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/")
    await page.locator(".strip").wait_for()
    assert "token" not in page.url


async def test_a_stranger_is_asked_to_sign_in_and_told_why_not(opener: Opener) -> None:
    watched = await opener(known=False)
    page = await watched.open("/tasks?q=state:failed")
    await page.wait_for_url("**/signin?next=**")
    await page.get_by_label("Token").fill("not a token")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("alert").wait_for()
    assert "not accepted" in await page.get_by_role("alert").inner_text()
    watched.faults[:] = [fault for fault in watched.faults if "401" not in fault]  # the browser logs the refusal itself


async def test_a_link_that_was_used_says_so_and_how_a_token_is_made(opener: Opener) -> None:
    watched = await opener(known=False)
    page = await watched.open("/?token=used-before")
    await page.wait_for_url("**/signin?reason=link")
    assert "works once" in await page.get_by_role("alert").inner_text()
    assert "meadow token --tenant default" in await page.locator("form").inner_text()


async def test_signing_out_leads_to_the_way_in(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/workers")
    await page.locator(".side .me").click()
    async with page.expect_response(lambda answer: answer.url.endswith("/session")) as left:
        await page.get_by_role("button", name="Sign out").click()
    assert (await left.value).status == 204
    await page.wait_for_url("**/signin")
