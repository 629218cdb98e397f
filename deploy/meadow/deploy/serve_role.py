"""Runs a process that serves no people until it is asked to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from meadow.deploy.assemble_ingest import ingest_node
from meadow.deploy.assemble_write import writer
from meadow.deploy.process import asked_to_stop, configure_logging, for_many_rows
from meadow.deploy.roles import Ingest, Write
from meadow.deploy.service import Service, run_all

STOP_WITHIN_S = 10.0  # of each service; most end at once
log = logging.getLogger(__name__)


def run_ingest(role: Ingest, log_level: str, log_format: str) -> None:
    """Blocks. Raises BadSettings, and what a service failed of."""
    _run(lambda: ingest_node(role), log_level, log_format, role.node)


def run_write(role: Write, log_level: str, log_format: str) -> None:
    """Blocks. Raises BadSettings, and what a service failed of."""
    _run(lambda: writer(role), log_level, log_format, role.node)


def _run(services: Callable[[], Sequence[Service]], log_level: str, log_format: str, node: str) -> None:
    configure_logging(log_level, log_format, node)
    for_many_rows()
    asyncio.run(_until_asked(services))
    log.info("ended in order")


async def _until_asked(services: Callable[[], Sequence[Service]]) -> None:
    stopped = asked_to_stop()
    await run_all(services(), stopped, stop_within_s=STOP_WITHIN_S)
