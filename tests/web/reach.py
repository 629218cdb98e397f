"""What a hand or a keyboard meets: how large each control is, where Tab leads, and what opens something over the page."""

from __future__ import annotations

from collections.abc import AsyncIterator

from playwright.async_api import ElementHandle, Page

OPENERS = "[aria-haspopup=dialog], button.find, .btn:has-text('…'), [aria-label='Search or run']"
OVER = "dialog[open], [popover]:popover-open"

# Walks from the middle of each control, or of its label, as far as a touch still meets it.
SMALL = """least => {
    const over = document.querySelector("dialog[open]") ?? document.querySelector("[popover]:popover-open") ?? document;
    const found = [];
    for (const control of over.querySelectorAll("a[href], button, input, select, textarea, summary")) {
        if (!control.checkVisibility({ visibilityProperty: true }) || control.matches(".skip")) continue;
        const target = control.closest("label") ?? control;
        target.scrollIntoView({ block: "center", inline: "center" });
        const box = target.getBoundingClientRect();
        const x = (Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2, y = (box.top + box.bottom) / 2;
        const met = (x, y) => target.contains(document.elementFromPoint(x, y));
        const far = (dx, dy) => { let n = 0; while (n < least && met(x + dx * (n + 1), y + dy * (n + 1))) n++; return n; };
        const [wide, high] = [1 + far(1, 0) + far(-1, 0), 1 + far(0, 1) + far(0, -1)];
        const text = target.matches("a.n") ? 24 : least; // a number that leads somewhere is as wide as it is
        if (wide < text || high < least) found.push(`${wide} x ${high}: ${target.outerHTML.slice(0, 160)}`);
    }
    return found;
}"""

# Told of each stop of Tab: what is wrong with it, beside the stop before.
STOP = """before => {
    const now = document.activeElement, told = what => [now, what + ": " + now.outerHTML.slice(0, 160)];
    if (!before || before === document.body || now === document.body || now.matches(".skip")) return [now, ""];
    now.scrollIntoView({ block: "nearest", inline: "nearest" }); // counts that come meanwhile move it
    const box = now.getBoundingClientRect(), ring = getComputedStyle(now.closest(".filter") ?? now);
    const x = (Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2;
    const y = (Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2;
    if (parseFloat(ring.outlineWidth) < 2 || ring.outlineStyle === "none") return told("no ring");
    if (!now.contains(document.elementFromPoint(x, y))) return told("covered");
    let both = now;
    while (!both.contains(before)) both = both.parentElement;
    if (both === before) return [now, ""];
    const part = of => [...both.children].find(child => child.contains(of)).getBoundingClientRect();
    const [from, to] = [part(before), part(now)];
    return to.top >= from.bottom - 3 || to.left >= from.right - 24 ? [now, ""] : told(`above ${before.outerHTML.slice(0, 90)}`);
}"""


async def small(page: Page, least_px: int) -> list[str]:
    """Controls of what is on top that are met on fewer pixels in either direction."""
    found: list[str] = await page.evaluate(SMALL, least_px)
    return found


async def misled(page: Page, stops: int) -> list[str]:
    """Stops of Tab that cannot be seen, or that come before what is read before them."""
    found, before = [], None
    for _ in range(stops):
        await page.keyboard.press("Tab")
        here = await page.evaluate_handle(STOP, before)
        before, wrong = [await here.get_property(key) for key in ("0", "1")]
        found.append(str(await wrong.json_value()))
    return [each for each in found if each]


async def opened(page: Page, known: set[str]) -> AsyncIterator[str]:
    """Opens by the keyboard whatever opens over the page, but those whose words are known, and shuts it by Escape; the
    keyboard is in it, and then where it was.
    """
    for opener in await page.locator(OPENERS).element_handles():
        if not await opener.is_visible() or await opener.is_disabled():
            continue
        words = await opener.get_attribute("aria-label") or await opener.inner_text()
        if words in known:
            continue
        known.add(words)
        await opener.press("Enter")
        await page.wait_for_function("over => document.activeElement.closest(over)", arg=OVER)
        yield words
        await page.keyboard.press("Escape")
        await given_back(page, opener)


async def given_back(page: Page, to: ElementHandle) -> None:
    """Waits until nothing lies over the page and the keyboard is there."""
    await page.wait_for_function(
        "([to, over]) => !document.querySelector(over) && document.activeElement === to", arg=[to, OVER]
    )
