"""The query service answers the same when its store is spread over shards: every test of its answers, once more on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import ModuleType

import pytest

from meadow.core.logs.embedded import EmbeddedLog
from meadow.query.settings import QuerySettings
from tests.contracts.store_shards import sharded
from tests.query import (
    test_attempts,
    test_clusters,
    test_documents,
    test_facets,
    test_problems,
    test_problems_field,
    test_search,
    test_story,
    test_tasks,
    test_tenancy,
    test_trends,
)
from tests.query import test_worker as test_one_worker
from tests.query import test_workers as test_worker_list
from tests.query.conftest import Api, served
from tests.servers.clickhouse import ClickHouse

pytestmark = pytest.mark.slow


@pytest.fixture
async def api(clickhouse: ClickHouse, embedded_log: EmbeddedLog) -> AsyncIterator[Api]:
    async with sharded(clickhouse) as store, served(store, embedded_log, QuerySettings(deadline_s=60.0)) as found:
        yield found


def of(module: ModuleType) -> dict[str, object]:
    """Its tests of an api, under its own name."""
    last = module.__name__.rpartition(".")[2]
    return {
        f"{last}__{name}": test
        for name, test in vars(module).items()
        if name.startswith("test_") and "api" in getattr(test, "__annotations__", {})
    }


for one in (
    test_attempts,
    test_clusters,
    test_documents,
    test_facets,
    test_problems,
    test_problems_field,
    test_search,
    test_story,
    test_tasks,
    test_tenancy,
    test_trends,
    test_one_worker,
    test_worker_list,
):
    globals().update(of(one))
