"""Every page of a running Meadow: its address, what shows that it has drawn, and what lies over it when asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.servers.deadlines import until
from tests.web.watched import Watched

STATIC = {
    "overview": ("/", ".lane svg"),
    "tasks": ("/tasks", ".tr"),
    "tasks-failed": ("/tasks?q=state:failed", ".tr"),
    "workers": ("/workers", "table.t .host"),
    "commands": ("/commands", "main .panel"),
    "missing": ("/nowhere", "text=No page is here"),
}


async def places(watched: Watched) -> dict[str, tuple[str, str]]:
    """Name to address and sign, with one failed task and one worker that are really there; waits for them."""
    task = await first(watched, "/tasks?state=FAILURE&limit=1")
    worker = await first(watched, "/workers?state=online&limit=1")
    one = f"cluster={quote(task['cluster'])}"
    return {
        **STATIC,
        "tasks-peek": (f"/tasks?q=state:failed&peek={quote(task['id'])}", ".peek .kv"),
        "task": (f"/tasks/{quote(task['id'], safe='')}?{one}", ".ev"),
        "worker": (f"/workers/{quote(worker['hostname'], safe='')}?cluster={quote(worker['cluster'])}", ".facts"),
    }


async def first(watched: Watched, question: str) -> dict[str, Any]:
    """The first item of a list, once there is one."""
    found: list[dict[str, Any]] = []

    async def some() -> bool:
        answer = await watched.page.request.get(f"{watched.base}/api/v1{question}")
        found[:] = (await answer.json())["items"]
        return bool(found)

    await until(some, question, within_s=60)
    return found[0]
