"""Reads the environment and the file, and refuses settings nobody knows, with the nearest names that are known."""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from meadow.core.errors import BadSettings
from meadow.deploy.toml_file import parsed

PREFIX = "MEADOW_"
TABLES = ("clusters", "tenants")
NEAREST_MAX = 3  # names that are told instead of one that is not known
LIKENESS_MIN, AS_LIKE = 0.6, 0.1  # what is like at all, and how much less than the likest is told beside it
WORDS_LIKENESS = 0.85  # of a name that has all words of the other
LISTED_MAX = 12  # names that are few enough to be told all
NAME_CHARS_MAX = 60


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a file: clusters of the one tenant of `--tenant`, and tenants with clusters of their own, by name."""

    clusters: Mapping[str, Any] = field(default_factory=dict, repr=False)
    tenants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)


def refuse_unknown(given: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raises BadSettings for the first name of `given` that is not in `known`. where: the file and table, or what else."""
    names = sorted(known)
    for name in given:
        if name not in names:
            raise BadSettings(f"{where} does not know {name[:NAME_CHARS_MAX]}. {_mend(name, names)}")


def _mend(name: str, known: Sequence[str]) -> str:
    if near := nearest(name, known):
        return f"Did you mean {' or '.join(near)}?"
    if len(known) <= LISTED_MAX:
        return f"Known: {', '.join(known)}."
    return "docs/settings.md has every setting; `meadow COMMAND --help` those of a command."


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The known name that is most like it, and those that are nearly as like; none where none is. Case and dashes count for
    nothing, nor what every variable begins with."""
    likes = {one: _likeness(_plain(name), _plain(one)) for one in known}
    bound = max(LIKENESS_MIN, max(likes.values(), default=0.0) - AS_LIKE)
    ranked = sorted(likes, key=lambda one: (-likes[one], one))
    return [one for one in ranked[:NEAREST_MAX] if likes[one] >= bound]


def _likeness(one: str, other: str) -> float:
    """From 0 to 1. Who asks for kafka_servers or days means kafka or events_days, though few letters are the same."""
    words, others = set(one.split("_")), set(other.split("_"))
    if words <= others or others <= words:
        return WORDS_LIKENESS
    return difflib.SequenceMatcher(None, one, other).ratio()


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").removeprefix(PREFIX.lower())


def environment(known: Iterable[str]) -> None:
    """Refuses a MEADOW_ variable that no option reads: a typo would otherwise be a default in silence."""
    given = (name for name in os.environ if name.startswith(PREFIX))
    refuse_unknown(given, known, "The environment of meadow")


def read_file(path: Path, known: Iterable[str], commands: Iterable[str]) -> tuple[dict[str, Any], Tables]:
    """Options of a TOML file, with a table for any of `commands`, and the tables of clusters and tenants.

    Raises BadSettings for a bad file or an unknown name.
    """
    content = parsed(path)
    clusters = _table(path, "clusters", content.pop("clusters", {}))
    tenants = _table(path, "tenants", content.pop("tenants", {}))
    refuse_unknown(content, {*known, *commands, *TABLES}, str(path))
    tables = [name for name, value in content.items() if isinstance(value, dict)]
    _refuse_tables(tables, {*commands, *TABLES}, known, path)
    return content, Tables(clusters, {name: _clusters(path, name, one) for name, one in tenants.items()})


def _refuse_tables(given: Iterable[str], tables: Collection[str], settings: Iterable[str], path: Path) -> None:
    """Refuses a table that no command and nothing else has; a setting that was written as one is told from a typo."""
    plain = set(settings)
    for name in given:
        if name in plain - set(tables) and not nearest(name, tables):
            raise BadSettings(
                f"{path}: {name} is a setting, not a table. Write {name} = … at the top or in a command's table."
            )
        refuse_unknown([name], tables, f"{path}: a table")


def _clusters(path: Path, tenant: str, table: Any) -> Mapping[str, Any]:
    where = f"tenants.{tenant}"
    refuse_unknown(_table(path, where, table), ("clusters",), f"[{where}]")
    return _table(path, f"{where}.clusters", table.get("clusters", {}))


def _table(path: Path, name: str, found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise BadSettings(f"{path}: {name} is a table of tables, [{name}.NAME].")
    return found
