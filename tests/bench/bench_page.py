"""How quick the page is in a real Chromium: run it, it prints. Everything runs on this one machine, the load too.

.venv/bin/python -m tests.bench.bench_page [tasks, 100000 when left out]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.servers.celery import Broker, filesystem_broker
from tests.servers.deadlines import wait_for
from tests.servers.meadow import Meadow
from tests.web.hour import Said
from tests.web.hour_told import voices
from tests.web.opening import SignedIn, opening
from tests.web.page import ARGUMENTS, CHROMIUM
from tests.web.watched import Watched

PER_S, FOR_S = 10_000, 15  # events behind a tail
SLICE = 20_000
USEFUL = ".tr, .lane svg"  # the first rows, the first chart: both are drawn from an answer
COLD = 3
KEYS, SCREENS = 30, 400
WATCH = """
window.seen = { keys: [], frames: [] };
new PerformanceObserver((list) => list.getEntries().forEach((each) => each.name === "keydown" && seen.keys.push(each.duration)))
  .observe({ type: "event", durationThreshold: 16, buffered: true });
let last = 0;
const frame = (at) => { if (last) seen.frames.push(at - last); last = at; requestAnimationFrame(frame); };
requestAnimationFrame(frame);
const useful = () => { if (!window.useful && document.querySelector("USEFUL")) window.useful = performance.now(); };
new MutationObserver(useful).observe(document, { childList: true, subtree: true });
""".replace("USEFUL", USEFUL)


async def main(meadow: Meadow, broker: Broker, count: int) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        async with opening(browser, SignedIn(meadow.sign_in_url)) as open_page:
            for path in ("/", "/tasks?from=now-24h"):
                await cold([await open_page() for _ in range(COLD)], path)
            watched = await open_page()
            await keys(watched, "at rest")
            await scroll(watched, count)
            await tail(await open_page(), broker)
        await browser.close()


async def cold(each: Sequence[Watched], path: str) -> None:
    """One after the other, each in a browser context that has nothing yet."""
    took, sent = [], 0
    for watched in each:
        page = await opened(watched, path)
        await page.locator(USEFUL).first.wait_for()
        took.append(await page.evaluate("window.useful"))
        sent = await page.evaluate(
            "performance.getEntriesByType('resource').reduce((n, each) => n + each.transferSize, 0)"
        )
        await page.close()
        watched.faults.clear()
    told = ", ".join(f"{ms:.0f}" for ms in took)
    print(f"{path}: first useful paint, cold {told} ms, {sent / 1000:.1f} kB taken")


async def keys(watched: Watched, when: str) -> None:
    page = await opened(watched, "/tasks?from=now-24h")
    await page.locator(".tr").nth(9).wait_for()
    await press(page, when)


async def press(page: Page, when: str) -> None:
    for number in range(KEYS):
        await page.keyboard.press("j" if number % 10 < 9 else "Home")
    slow: list[float] = await page.evaluate("seen.keys.splice(0)")
    took = sorted(slow + [16.0] * (KEYS - len(slow)))  # quicker ones are not told
    print(f"key to drawn row, {when}: p50 {statistics.median(took):.0f} ms, worst {took[-1]:.0f} ms of {KEYS}")


async def scroll(watched: Watched, count: int) -> None:
    page = watched.page
    await page.evaluate("seen.frames.length = 0")
    for _ in range(SCREENS):
        await page.evaluate("document.querySelector('#tasks').scrollBy(0, 5000)")
        await page.evaluate("new Promise(requestAnimationFrame)")
    rows, nodes = await page.evaluate(
        "[document.querySelectorAll('.tr').length, document.querySelectorAll('*').length]"
    )
    print(
        f"{SCREENS} jumps through {count:,} tasks: {await frames(page)}; {rows} rows and {nodes} elements in the page"
    )
    watched.faults.clear()


async def tail(watched: Watched, broker: Broker) -> None:
    page = await opened(watched, "/tasks?tail=1")
    await page.locator(".tr").nth(9).wait_for()
    load = threading.Thread(target=tell, args=(broker, PER_S * FOR_S // 2, PER_S / 2))
    load.start()
    await page.evaluate("seen.frames.length = 0")
    while load.is_alive():
        await press(page, f"{PER_S:,} events/s behind a tail")
        await asyncio.sleep(FOR_S / 4)
    print(f"{PER_S:,} events/s behind a tail: {await frames(page)}")
    watched.faults.clear()


async def frames(page: Page) -> str:
    took = sorted(await page.evaluate("seen.frames.splice(0)"))
    return (
        f"frame p50 {statistics.median(took):.0f} ms, p95 {took[len(took) * 95 // 100]:.0f} ms, worst {took[-1]:.0f} ms"
    )


async def opened(watched: Watched, path: str) -> Page:
    await watched.page.add_init_script(WATCH)
    return await watched.open(path)


def tell(broker: Broker, count: int, per_s: float = 1e9) -> None:
    """Two events a task, in slices of half a second where a rate is asked for."""
    begun_s, size = time.monotonic(), min(SLICE, max(1, int(per_s / 2)))
    with voices(broker) as say:
        for since in range(0, count, size):
            time.sleep(max(0.0, begun_s + since / per_s - time.monotonic()))
            say(list(tasks(min(size, count - since))), time.time())


def tasks(count: int) -> Iterator[Said]:
    for number in range(count):
        uid = str(uuid.uuid4())
        header = {"uuid": uid, "name": f"load.t{number % 7}", "args": f"({number},)", "kwargs": "{}", "retries": 0}
        yield Said(0, "celery@load", "task-received", header)
        yield Said(0, "celery@load", "task-succeeded", {"uuid": uid, "result": "'ok'", "runtime": 0.25})


def run(arguments: Sequence[str]) -> None:
    count = int(arguments[0]) if arguments else 100_000
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        broker = filesystem_broker(Path(name) / "broker")
        meadow = Meadow(Path(name) / "meadow", {"load": broker}).start()
        try:
            wait_for(lambda: meadow.items("/clusters")[0]["connected"], "the cluster connected", 60)
            tell(broker, count)
            wait_for(lambda: meadow.get("/tasks/facets")["total"] >= count, f"{count} tasks stored", 600)
            asyncio.run(main(meadow, broker, count))
        finally:
            meadow.stop()


if __name__ == "__main__":
    run(sys.argv[1:])
