"""The code as the house rules see it: every source file, parsed once."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("core", "ingest", "query", "control", "web", "deploy")


@dataclass(frozen=True)
class Module:
    """A Python file of the product. name: dotted import name."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def shown(self) -> str:
        """The path from the project's root."""
        return str(self.path.relative_to(ROOT))


@cache
def tracked() -> tuple[Path, ...]:
    """Files that git tracks, or would: what is ignored is not ours."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(ROOT / line for line in listing.splitlines() if (ROOT / line).is_file())


@cache
def product() -> tuple[Module, ...]:
    """Every module of the meadow namespace."""
    found = []
    for path in tracked():
        inside = path.relative_to(ROOT).parts
        if path.suffix == ".py" and inside[0] in PARTS and "meadow" in inside[:2]:
            name = ".".join(path.relative_to(ROOT / inside[0]).with_suffix("").parts)
            found.append(Module(path, name.removesuffix(".__init__"), ast.parse(path.read_text())))
    return tuple(found)


def imported(module: Module) -> set[str]:
    """Dotted names that a module imports, `from a import b` counted as a and as a.b."""
    names: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names
