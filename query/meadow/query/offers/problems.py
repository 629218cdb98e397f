"""What is asked of what is wrong."""

from __future__ import annotations

from meadow.core.operations import Operation, Parameter
from meadow.core.scope import Permission
from meadow.query import schemas
from meadow.query.offers.parameters import API, CLUSTER

PROBLEMS = Operation(
    method="GET",
    path=f"{API}/problems",
    summary="What is wrong now, worst first, with what is usual, since when, why, and the list behind it",
    detail="Told from what is stored, and nothing guessed; remembered for two seconds. Those of workers and clusters are for"
    " who has workers:read too. `complete` is false when a part could not be read in time; it is then left out.",
    permission=Permission.TASKS_READ,
    parameters=(
        CLUSTER,
        Parameter(name="limit", kind="number", at_most=200, default="20", example="50", meaning="How many, the worst."),
    ),
    answer=schemas.listed(schemas.TROUBLE),
    refuses=("bad_question", "not_found", "over_budget"),
)
