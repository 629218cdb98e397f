"""Revoking a task on the page: what it would do, doing it, and who answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.page import Opener

pytest_plugins = ("tests.web.page",)
pytestmark = pytest.mark.browser


async def test_revoking_says_its_effects_before_and_who_answered_after(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/tasks?q=name:shop.mail.reminder state:received")
    await page.locator(".tr").last.click()  # the oldest of those that wait: one whose ETA is some minutes away
    await page.locator(".peek .btn.danger").click()
    dialog = page.get_by_role("dialog", name="Revoke this task?")
    await dialog.locator(".effect li").first.wait_for()
    await dialog.get_by_label("Stop it if it runs").check()
    await dialog.get_by_label("Signal to its process").select_option("SIGTERM")
    await dialog.locator("input[name=reason]").fill("stuck since the deploy")
    await dialog.get_by_role("button", name="Revoke and stop").click()
    toast = page.locator(".toast")
    await toast.wait_for()
    assert "answered" in (await toast.inner_text()).lower()
    await dialog.wait_for(state="detached")


async def test_a_ping_says_who_answered(opener: Opener) -> None:
    watched = await opener()
    page = await watched.open("/workers?state=online")
    await page.get_by_role("button", name="Actions for").first.click()
    await page.get_by_role("button", name="Ping").click()
    await page.locator(".toast").wait_for()
    assert "answered" in (await page.locator(".toast").inner_text()).lower()
