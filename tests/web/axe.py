"""axe-core on a page: what a reader with a screen reader, a keyboard or weak eyes would stumble on."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from tests.house.tree import ROOT

SCRIPT = ROOT / "web/ui/node_modules/axe-core/axe.min.js"  # a dev dependency of the page; `npm ci` in web/ui brings it
GRAVE = ("serious", "critical")


async def grave(page: Page) -> list[str]:
    """Serious and critical findings, each with its rule and where. The script comes by the debugger, past the page's policy."""
    await page.evaluate(SCRIPT.read_text() + ";0")
    found: dict[str, Any] = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [told(each) for each in found["violations"] if each["impact"] in GRAVE]


def told(finding: dict[str, Any]) -> str:
    where = [" ".join(map(str, node["target"])) + ": " + node["html"][:160] for node in finding["nodes"][:4]]
    return f"{finding['id']} ({finding['impact']}, {len(finding['nodes'])} times): {' | '.join(where)}"
