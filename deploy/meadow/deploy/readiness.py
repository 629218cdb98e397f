"""What /readyz asks of a Meadow in one process, each by the name a person would look for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from meadow.core.errors import StoreUnavailable
from meadow.core.log import Log
from meadow.core.store import Limits, Store
from meadow.ingest.audit import Audit
from meadow.ingest.collector import Collector
from meadow.ingest.writer import Writer
from meadow.web.ready import Check

ASK = Limits(deadline_s=2.0)


def checks(
    log: Log, store: Store, writer: Writer, audit: Audit, collectors: Sequence[Collector]
) -> Mapping[str, Check]:
    """Log, store and writer must work. A broker that is away is told, and does not make Meadow unready: the history is still
    there to be asked, and the page is where one sees that the broker is away."""

    async def log_answers() -> str:
        return f"{sum((await log.ends()).values())} records"

    async def store_answers() -> str:
        await store.ask("SELECT 1", {}, ASK)
        return ""

    async def writer_follows() -> str:
        if not writer.healthy:
            raise StoreUnavailable(writer.problem or "The writer has not begun.")
        return f"{writer.lag.records} records behind, the oldest {writer.lag.age_s:.1f} s old"

    async def audit_looks() -> str:
        return f"{audit.mended} rows mended"

    found: dict[str, Check] = {
        "log": log_answers,
        "store": store_answers,
        "writer": writer_follows,
        "audit": audit_looks,
    }
    return found | {f"cluster {one.cluster.slug}": _told(one) for one in collectors}


def _told(collector: Collector) -> Check:
    async def told() -> str:
        return collector.source_state.problem or ("connected" if collector.source_state.connected else "connecting")

    return told
