"""What the query service offers: every operation with its parameters, bounds and answers, a file for each resource."""

from __future__ import annotations

from meadow.query.offers.about import DOCS, ME, OPENAPI
from meadow.query.offers.clusters import CLUSTERS, ONE
from meadow.query.offers.live import LIVE
from meadow.query.offers.parameters import API
from meadow.query.offers.problems import PROBLEMS
from meadow.query.offers.tasks import FACETS, FIELDS, NAMED_TASK, NAMED_TASK_EVENTS, TASK, TASK_EVENTS, TASKS
from meadow.query.offers.trends import TRENDS
from meadow.query.offers.workers import ONE_WORKER, WORKER_HISTORY, WORKERS

OFFERS = (
    CLUSTERS,
    ONE,
    TASKS,
    FACETS,
    FIELDS,
    TASK,
    TASK_EVENTS,
    NAMED_TASK,
    NAMED_TASK_EVENTS,
    WORKERS,
    ONE_WORKER,
    WORKER_HISTORY,
    TRENDS,
    PROBLEMS,
    LIVE,
    ME,
    OPENAPI,
    DOCS,
)

__all__ = [
    "API",
    "CLUSTERS",
    "DOCS",
    "FACETS",
    "FIELDS",
    "LIVE",
    "ME",
    "NAMED_TASK",
    "NAMED_TASK_EVENTS",
    "OFFERS",
    "ONE",
    "ONE_WORKER",
    "OPENAPI",
    "PROBLEMS",
    "TASK",
    "TASKS",
    "TASK_EVENTS",
    "TRENDS",
    "WORKERS",
    "WORKER_HISTORY",
]
