"""What is asked of clusters."""

from __future__ import annotations

from meadow.core.operations import Operation, Parameter
from meadow.core.scope import Permission
from meadow.query import schemas
from meadow.query.offers.parameters import API, since

COUNTED_SINCE = since("Completeness, drops, gaps and dead letters since then; drops by whole hours.", "now-1h")

CLUSTERS = Operation(
    method="GET",
    path=f"{API}/clusters",
    summary="Clusters, their health, and how much of what happened was seen",
    permission=Permission.WORKERS_READ,
    parameters=(COUNTED_SINCE,),
    answer=schemas.listed(schemas.CLUSTER),
    refuses=("bad_question", "over_budget", "too_slow"),
)

ONE = Operation(
    method="GET",
    path=f"{API}/clusters/{{cluster}}",
    summary="One cluster",
    permission=Permission.WORKERS_READ,
    parameters=(
        Parameter(
            name="cluster", kind="text", at_most=63, place="path", required=True, meaning="Its slug.", example="shop-eu"
        ),
        COUNTED_SINCE,
    ),
    answer=schemas.single(schemas.CLUSTER),
    refuses=("bad_question", "not_found", "over_budget", "too_slow"),
)
