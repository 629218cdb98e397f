"""The metrics of one process of an HTTP service, put together: what to watch, what counts requests, what shows them."""

from __future__ import annotations

from pathlib import Path

from meadow.core.readings import Meters
from meadow.deploy.exposition import TenantMetrics
from meadow.deploy.measured import of_process
from meadow.deploy.request_meter import RequestMeter
from meadow.deploy.service import Service
from meadow.deploy.shared_readings import SharedReadings


class Metering:
    """meters    more is watched by `meters.watch(query.readings)`.
    requests  counts as the outermost middleware: `guard.app(parts, around=[metering.requests.count])`.
    part      /metrics behind the guard; before the page among the parts.
    services  to be started first and stopped last.

    folder    shared by all processes of this port, empty at their start; None where there is only one.
    operator  the tenant whose callers may see every series; "" means none.
    """

    def __init__(self, folder: Path | None = None, operator: str = "") -> None:
        self.meters, self.requests = Meters(), RequestMeter()
        self.meters.watch(of_process, self.requests.readings)
        shared = SharedReadings(self.meters.read, folder) if folder is not None else None
        self.part = TenantMetrics(shared.everything if shared else self.meters.everything, operator)
        self.services: tuple[Service, ...] = (shared,) if shared else ()
