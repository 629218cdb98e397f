"""`meadow demo`: Meadow watching a real Celery application on kombu's filesystem transport, in a temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from meadow.core.connections import Connection
from meadow.deploy.clusters import Seeds
from meadow.deploy.demo_processes import celery_processes
from meadow.deploy.serve import serve
from meadow.deploy.settings import from_options

NAME = "shop"


def run(options: Mapping[str, Any], log_level: str, log_format: str) -> None:
    """Until Ctrl-C. The application, its messages and what Meadow stored go with the temporary folder. Raises BadSettings."""
    with tempfile.TemporaryDirectory(prefix="meadow-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        seeds = Seeds(options["tenant"], ((NAME, connection(folder / "shop")),))
        settings = from_options(seeds, folder / "meadow", options)
        with celery_processes(folder / "shop"):  # before the store opens: nothing may be forked after that
            serve(settings, log_level, log_format)


def connection(folder: Path) -> Connection:
    """The demo's broker: the same folders that `demo_app` gives kombu."""
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "processed_folder": str(folder / "processed"),
        "polling_interval": "0.1",
    }
    return Connection("filesystem://", transport_options=tuple(sorted(options.items())))
