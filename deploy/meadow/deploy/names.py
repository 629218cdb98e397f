"""Reads the environment and the file, and refuses settings nobody knows, with the nearest name that is known."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from meadow.core.errors import BadSettings

PREFIX = "MEADOW_"
TABLES = ("clusters", "tenants")


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a file: clusters of the one tenant of `--tenant`, and tenants with clusters of their own, by name."""

    clusters: Mapping[str, Any] = field(default_factory=dict, repr=False)
    tenants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)


def refuse_unknown(given: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raises BadSettings for the first name of `given` that is not in `known`."""
    names = sorted(known)
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" Known: {', '.join(names)}."
            raise BadSettings(f"{where} does not know {name}.{hint}")


def environment(known: Iterable[str]) -> None:
    """Refuses a MEADOW_ variable that no option reads: a typo would otherwise be a default in silence."""
    given = (name for name in os.environ if name.startswith(PREFIX))
    refuse_unknown(given, known, "The environment of meadow")


def read_file(path: Path, known: Iterable[str], commands: Iterable[str]) -> tuple[dict[str, Any], Tables]:
    """Options of a TOML file, with a table for any of `commands`, and the tables of clusters and tenants.

    Raises BadSettings for a bad file or an unknown name.
    """
    try:
        content = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise BadSettings(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path} cannot be read: {error}") from error
    clusters = _table(path, "clusters", content.pop("clusters", {}))
    tenants = _table(path, "tenants", content.pop("tenants", {}))
    refuse_unknown(content, {*known, *commands, *TABLES}, str(path))
    tables = {name for name, value in content.items() if isinstance(value, dict)}
    refuse_unknown(tables, {*commands, *TABLES}, f"{path}: a table")
    return content, Tables(clusters, {name: _clusters(path, name, one) for name, one in tenants.items()})


def _clusters(path: Path, tenant: str, table: Any) -> Mapping[str, Any]:
    where = f"tenants.{tenant}"
    refuse_unknown(_table(path, where, table), ("clusters",), f"[{where}]")
    return _table(path, f"{where}.clusters", table.get("clusters", {}))


def _table(path: Path, name: str, found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise BadSettings(f"{path}: {name} is a table of tables, [{name}.NAME].")
    return found
