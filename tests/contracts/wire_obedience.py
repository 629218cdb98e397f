"""What a real worker does when it is told to: each step asks the worker itself whether it did."""

from __future__ import annotations

from typing import Any

from meadow.control.command import Answers, Command
from meadow.control.commands.add_consumer import AddConsumer
from meadow.control.commands.autoscale import Autoscale
from meadow.control.commands.cancel_consumer import CancelConsumer
from meadow.control.commands.disable_events import DisableEvents
from meadow.control.commands.enable_events import EnableEvents
from meadow.control.commands.pool_grow import PoolGrow
from meadow.control.commands.pool_restart import PoolRestart
from meadow.control.commands.pool_shrink import PoolShrink
from meadow.control.commands.shutdown import Shutdown
from meadow.control.commands.time_limit import TimeLimit
from meadow.control.snapshots import BOUNDS
from meadow.control.wire import Question, Reply, Wire
from tests.servers.deadlines import until
from tests.servers.processes import Process

W1 = "w1@test"


async def told(wire: Wire, command: Command) -> Reply:
    """Its one reply."""
    question = Question(command.name, command.celery(), (W1,), frozenset({W1}), 60.0)
    return (await wire.ask(question))[W1]


async def said(wire: Wire, kind: str) -> Any:
    """What it answers to one question of an inspection."""
    replies = await wire.ask(Question(kind, {}, (W1,), frozenset({W1}), 60.0, bounds=BOUNDS))
    return replies[W1].reply


async def processes(wire: Wire) -> set[int]:
    """Process ids of its pool."""
    return set((await said(wire, "stats"))["pool"]["processes"])


async def queues(wire: Wire) -> set[str]:
    return {queue["name"] for queue in await said(wire, "active_queues")}


async def pools_change(wire: Wire) -> None:
    """It has one process, and worker_pool_restarts."""
    before = await processes(wire)
    assert await told(wire, PoolGrow(1)) == Reply(True, {"ok": "pool will grow"})
    await until(lambda: has_processes(wire, 2), "one process more")
    assert before < await processes(wire)
    assert await told(wire, PoolShrink(1)) == Reply(True, {"ok": "pool will shrink"})
    await until(lambda: has_processes(wire, 1), "one process fewer")
    left = await processes(wire)
    assert await told(wire, PoolRestart()) == Reply(True, {"ok": "reload started"})

    async def others() -> bool:
        return not left & await processes(wire)

    await until(others, "another process in its place")
    refused = await told(wire, Autoscale(3, 1))
    assert refused == Reply(False, {"error": "ValueError('Autoscale not enabled')"})


async def has_processes(wire: Wire, count: int) -> bool:
    return len(await processes(wire)) == count


async def queues_change(wire: Wire) -> None:
    assert await told(wire, AddConsumer("more")) == Reply(True, {"ok": "add consumer more"})

    async def is_heard() -> bool:
        return "more" in await queues(wire)

    await until(is_heard, "it takes from the queue")
    assert await told(wire, CancelConsumer("more")) == Reply(True, {"ok": "no longer consuming from more"})

    async def is_left() -> bool:
        return "more" not in await queues(wire)

    await until(is_left, "it takes from the queue no more")
    never = await told(wire, CancelConsumer("never"))
    assert never.ok  # as its promise says


async def events_change(wire: Wire) -> None:
    """It was started without -E."""
    assert (await told(wire, EnableEvents())).reply == {"ok": "task events enabled"}
    assert (await told(wire, EnableEvents())).reply == {"ok": "task events already enabled"}
    assert (await told(wire, DisableEvents())).reply == {"ok": "task events disabled"}


async def limits_change(wire: Wire) -> None:
    assert await told(wire, TimeLimit("tests.add", 5.0, 10.0)) == Reply(True, {"ok": "time limits set successfully"})
    assert await told(wire, TimeLimit("tests.none", None, 1.0)) == Reply(False, {"error": "unknown task"})


async def it_ends(wire: Wire, process: Process) -> None:
    command = Shutdown()
    is_answered = command.answers is not Answers.NOTHING
    question = Question(command.name, command.celery(), (W1,), frozenset({W1}), 60.0, is_answered=is_answered)
    assert await wire.ask(question) == {}  # at once: the deadline is a minute
    await until(lambda: process.ended, "the worker ended")
