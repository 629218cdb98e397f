"""`meadow demo`: Meadow watching a real Celery application on kombu's filesystem transport, in a temporary folder."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from meadow.core.connections import Connection
from meadow.deploy.clusters import Seeds
from meadow.deploy.demo_processes import celery_processes
from meadow.deploy.serve import serve
from meadow.deploy.settings import Settings

NAME = "shop"


def run(settings: Settings, log_level: str, log_format: str) -> None:
    """Until Ctrl-C. The application, its messages and all that Meadow stored go with the temporary folder."""
    with tempfile.TemporaryDirectory(prefix="meadow-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with celery_processes(folder / "shop"):  # before the store opens: nothing may be forked after that
            serve(_watching(settings, folder), log_level, log_format)


def _watching(settings: Settings, folder: Path) -> Settings:
    seeds = Seeds(settings.seeds.tenant, ((NAME, connection(folder / "shop")),))
    return dataclasses.replace(settings, seeds=seeds, data_dir=folder / "meadow")


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
