"""Refuses settings nobody knows, with the nearest name that is known."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from meadow.core.errors import BadSettings

PREFIX = "MEADOW_"
TABLES = ("clusters",)


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


def read_file(path: Path, known: Iterable[str]) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Options and the table of clusters of a TOML file. Raises BadSettings for a bad file or an unknown name."""
    try:
        content = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise BadSettings(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path} cannot be read: {error}") from error
    refuse_unknown(content, {*known, *TABLES}, str(path))
    clusters = content.pop("clusters", {})
    if not isinstance(clusters, dict):
        raise BadSettings(f"{path}: clusters is a table of tables, [clusters.NAME].")
    return content, clusters
