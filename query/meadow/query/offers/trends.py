"""What is asked over time."""

from __future__ import annotations

from meadow.core.operations import Operation, Parameter
from meadow.core.scope import Permission
from meadow.query import schemas
from meadow.query.offers.parameters import API, CLUSTER, NAME, QUEUE, STATE, STEP, WORKER, Q, since, until

TRENDS = Operation(
    method="GET",
    path=f"{API}/trends",
    summary="Counts, failure rate and percentiles over time",
    detail="Buckets by the time a task finished, aligned to the step. Empty ones are there, with zero counts"
    " and null percentiles. `seen` of `known`: starts of tasks that workers counted between two heartbeats, all of the clusters"
    " whatever else is asked for; null where no worker counted. `spent_s`: run times of succeeded tasks together.",
    permission=Permission.TASKS_READ,
    parameters=(
        since("The first bucket holds this.", "now-1h"),
        until("Finished before this; now when left out."),
        STEP,
        Parameter(
            name="by",
            kind="choice",
            choices=("name", "queue", "worker", "state", "cluster"),
            meaning="One series for each value, the largest first; all in one when left out.",
        ),
        Parameter(
            name="top", kind="number", at_most=50, default="10", meaning="How many series; the rest are one, `(other)`."
        ),
        CLUSTER,
        STATE,
        NAME,
        WORKER,
        QUEUE,
        Q,
    ),
    answer=schemas.TRENDS,
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
