"""What is watched as it happens."""

from __future__ import annotations

from meadow.core.operations import Operation, Parameter
from meadow.core.scope import Permission
from meadow.query.offers.parameters import API, CLUSTER, CURSOR, NAME, STATE, WORKER

LIVE = Operation(
    method="GET",
    path=f"{API}/live",
    summary="Events as they happen",
    detail="Server-sent events. `events`: {items, watermark}, id: a cursor. `missed`: {rows, reason}: a slow viewer, or a"
    " position that is no longer kept; rows is null when unknown. `position`: {watermark}, at least every 5 s. Resume with"
    " `Last-Event-ID`, or `cursor`.",
    permission=Permission.TASKS_READ,
    parameters=(
        CLUSTER,
        Parameter(name="type", kind="text", repeats_max=50, example="task-failed", meaning="The event's type."),
        NAME,
        WORKER,
        Parameter(name="task_id", kind="text", repeats_max=50, meaning="Events about these tasks."),
        STATE,
        CURSOR,
        Parameter(
            name="Last-Event-ID", kind="cursor", place="header", meaning="What a browser sends when it comes back."
        ),
    ),
    media="text/event-stream",
    answer={"type": "string"},
    refuses=("bad_question", "not_found", "over_budget", "position_lost", "log_unavailable"),
)
