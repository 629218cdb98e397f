"""The tools that judge the files in deploy/; deploy/install-checkers.sh puts them where they are looked for."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped] # PyYAML has no types

from meadow.deploy.main import main
from tests.house.tree import ROOT

DEPLOY = ROOT / "deploy"
TOOLS = ROOT / ".tools/checkers/bin"
WITHIN_S = 60


def judged(tool: str, *arguments: str | Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """What a tool says of a file; its exit status is the caller's to look at. env: more variables for it."""
    command = [found(tool), *map(str, arguments)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEADOW_")} | dict(
        env or {}
    )
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=WITHIN_S, env=environment)


def approved(tool: str, *arguments: str | Path, env: Mapping[str, str] | None = None) -> str:
    """Standard output of a tool that found nothing wrong."""
    done = judged(tool, *arguments, env=env)
    assert done.returncode == 0, f"{tool}: {done.stdout}{done.stderr}"
    return done.stdout


def found(tool: str) -> str:
    """Where a tool is; the test fails without it."""
    path = TOOLS / tool if (TOOLS / tool).exists() else shutil.which(tool)
    assert path, f"{tool} is missing: run deploy/install-checkers.sh"
    return str(path)


def documents(text: str) -> list[Any]:
    """Every YAML document that is not empty."""
    return [document for document in yaml.safe_load_all(text) if document]


def variables(command: str) -> set[str]:
    """The MEADOW_ variables that `meadow COMMAND` reads."""
    return {str(parameter.envvar) for parameter in main.commands[command].params if parameter.envvar} | {
        "MEADOW_CONFIG"
    }


def flags(command: str) -> set[str]:
    """The flags that `meadow COMMAND` takes."""
    return {flag for p in main.commands[command].params for flag in (*p.opts, *p.secondary_opts)} | {"--help", "-h"}
