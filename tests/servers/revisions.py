"""Which code a process of Meadow runs: what is installed here, or an earlier revision taken out of git."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.celery import ROOT
from tests.servers.meadow import MEADOW

SERVICES = ("core", "ingest", "query", "control", "web", "deploy")


@dataclass(frozen=True)
class Code:
    """command: the words that start `meadow`; what follows are its arguments. environment: what it needs beside."""

    command: tuple[str, ...] = (str(MEADOW),)
    environment: Mapping[str, str] = field(default_factory=dict)

    def has(self, *arguments: str) -> bool:
        """Whether a command is known there."""
        command = [*self.command, *arguments, "--help"]
        return not subprocess.run(
            command, env={**os.environ, **self.environment}, cwd="/", capture_output=True, check=False, timeout=60
        ).returncode


INSTALLED = Code()


def code_of(revision: str, folder: Path) -> Code | None:
    """A commit's tree, put into `folder`, with the packages that are installed here; None when there is no such commit.

    -S: the lines of site-packages that put the present tree on the path are not read, so a module, migration or statement
    that only the present has is not found by the past.
    """
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        return None
    folder.mkdir(parents=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    path = [*(str(folder / service) for service in SERVICES), sysconfig.get_path("purelib")]
    command = (sys.executable, "-S", "-c", "from meadow.deploy.main import main; main()")
    return Code(command, {"PYTHONPATH": os.pathsep.join(path)})
