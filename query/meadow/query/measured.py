"""How much each tenant asks of this process now, as readings of the metrics."""

from __future__ import annotations

from collections.abc import Iterator

from meadow.core import meters
from meadow.core.readings import Reading
from meadow.core.scope import Directory
from meadow.query.budget import Budget
from meadow.query.fanout import Fanout


def readings(budget: Budget, fanout: Fanout, directory: Directory) -> Iterator[Reading]:
    """By the slugs of now: a tenant that is gone from the directory is left out."""
    loads, present = budget.loads(), fanout.present
    for tenant in {cluster.tenant for cluster in directory.clusters}:
        running, waiting = loads.get(tenant.id, (0, 0))
        yield Reading(meters.QUESTIONS_RUNNING, running, (tenant.slug,))
        yield Reading(meters.QUESTIONS_WAITING, waiting, (tenant.slug,))
        yield Reading(meters.LIVE_STREAMS, present.get(tenant.id, 0), (tenant.slug,))
