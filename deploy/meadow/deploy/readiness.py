"""What /readyz asks of a process, each by the name a person would look for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from meadow.core.errors import LogUnavailable, MeadowError, StoreUnavailable
from meadow.core.log import Log
from meadow.core.registry import Registry
from meadow.core.store import Limits, Store
from meadow.core.stream import Stream
from meadow.deploy.service import Patient
from meadow.ingest.audit import Audit
from meadow.ingest.node import Node
from meadow.ingest.ownership import Ownership
from meadow.ingest.source import SourceState
from meadow.ingest.writer import Writer
from meadow.web.ready import Check

WITHIN_S = 2.0  # less than /readyz waits for a check
ASK = Limits(deadline_s=WITHIN_S)


def log_answers(log: Log) -> Check:
    """Whether the log can be asked where it ends."""

    async def asked() -> str:
        try:
            async with asyncio.timeout(WITHIN_S):
                return f"{sum((await log.ends()).values())} records"
        except TimeoutError as error:
            raise LogUnavailable(f"No answer within {WITHIN_S:.0f} s.") from error

    return asked


def told_only(check: Check) -> Check:
    """For what is worth saying and no reason to send nobody here: without it most questions are answered still."""

    async def asked() -> str:
        try:
            return await check()
        except MeadowError as error:
            return f"away: {error}"

    return asked


def store_answers(store: Store) -> Check:
    """Whether the store answers a question."""

    async def asked() -> str:
        await store.ask("SELECT 1", {}, ASK)
        return ""

    return asked


def writer_follows(writer: Callable[[], Writer | None], beginning: Callable[[], str] = str) -> Check:
    """Whether the writer goes on; `beginning` says why there is none yet."""

    async def asked() -> str:
        one = writer()
        if one is None or not one.healthy:
            raise StoreUnavailable((one.problem if one else beginning()) or "The writer has not begun.")
        if not one.partitions_held:
            return "holds no partition of the log now"
        behind = f"{one.lag.records} records behind, the oldest {one.lag.age_s:.1f} s old"
        return f"{behind}, in {one.partitions_held} of {one.partitions} partitions"

    return asked


def audit_looks(audit: Callable[[], Audit | None]) -> Check:
    """Never in the way; says what was mended."""

    async def asked() -> str:
        one = audit()
        return f"{one.mended} rows mended" if one else "has not begun"

    return asked


def registry_known(registry: Registry, following: Patient) -> Check:
    """Whether the registry was read; while it cannot be followed, what was known last still stands."""

    async def asked() -> str:
        if following.problem:
            raise LogUnavailable(following.problem)
        count = len(registry.directory.clusters)
        return f"{count} clusters" + ("" if registry.healthy else ", as of the last change: it cannot be followed now")

    return asked


def claims_known(stream: Stream, following: Patient) -> Check:
    """Whether keys of commands can be claimed; while they cannot be, commands without a key are sent still."""

    async def asked() -> str:
        if following.problem:
            raise LogUnavailable(following.problem)
        return f"{len(stream.entries)} of late" if stream.healthy else "cannot be followed now"

    return asked


def ownership_good(ownership: Ownership) -> Check:
    """Whether the list of nodes is good."""

    async def asked() -> str:
        if not ownership.healthy:
            raise LogUnavailable(ownership.problem)
        return ""

    return asked


def brokers_told(node: Node, name: Callable[[str, str], str]) -> Callable[[], Mapping[str, Check]]:
    """A check for every cluster that the node holds now. A broker that is away is told, and no reason to send nobody here:
    the history is still there to be asked, and the page is where one sees that the broker is away.

    name  of the check, from the slugs of tenant and cluster.
    """

    def of_now() -> Mapping[str, Check]:
        states = {one.cluster: _told(one.source_state) for one in node.collectors}
        problems = {cluster: node.problems.get(f"{cluster.tenant.slug}/{cluster.slug}", "") for cluster in node.held}
        return {
            name(cluster.tenant.slug, cluster.slug): _says(problem or states.get(cluster, "waits for its turn"))
            for cluster, problem in problems.items()
        }

    return of_now


def _told(state: SourceState) -> str:
    return state.problem or ("connected" if state.connected else "connecting")


def _says(detail: str) -> Check:
    async def said() -> str:
        return detail

    return said
