"""From what was asked to what the store is asked: whose data, which statement, which values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from meadow.core.errors import BadQuestion
from meadow.core.scope import Caller, Directory
from meadow.query.ask import Ask

OPEN_END_MS = 2 * 86_400_000  # a sender's clock may run ahead; a day is what ingest lets through


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a question may see. Every statement binds both, so none can be asked without.

    clusters  id -> slug of the clusters the caller reaches, narrowed by `cluster=`; may be empty: then nothing is found.
    """

    tenant_id: int
    clusters: Mapping[int, str]

    def parameters(self) -> dict[str, Any]:
        return {"tenant_id": self.tenant_id, "cluster_ids": sorted(self.clusters)}


@dataclass(frozen=True, slots=True)
class Question:
    """One statement. name: that of its file in `sql/`, and what the log calls it."""

    name: str
    sql: str

    def filled(self, clauses: Mapping[str, str]) -> Question:
        """The same with marks `/* name */` replaced by clauses. A clause is of our own words, with values as `{name:Type}`."""
        sql = self.sql
        for name, clause in clauses.items():
            mark = f"/* {name} */"
            if mark not in sql:
                raise KeyError(f"{self.name}.sql has no {mark}")
            sql = sql.replace(mark, clause)
        return Question(self.name, sql)


@cache
def question(name: str) -> Question:
    """`sql/{name}.sql`, read once."""
    return Question(name, (files("meadow.query") / "sql" / f"{name}.sql").read_text())


def scope_of(caller: Caller, directory: Directory, slugs: Collection[str] = ()) -> Scope:
    """Every cluster the caller reaches, or those of `slugs`. Raises NotFound, the same for absent and not the caller's."""
    chosen = [directory.cluster(caller, slug) for slug in slugs] if slugs else directory.visible(caller)
    return Scope(caller.tenant.id, {cluster.id: cluster.slug for cluster in chosen})


def born_between(ask: Ask, now_s: float) -> tuple[int, int]:
    """`from` and `to` of a list; open ends are the beginning and a little after now. Raises BadQuestion for an empty range."""
    since_ms, until_ms = ask.time_ms("from") or 0, ask.time_ms("to")
    until_ms = until_ms if until_ms is not None else int(now_s * 1000) + OPEN_END_MS
    if since_ms >= until_ms:
        raise BadQuestion("`from` must be before `to`.", field="from", accepts="a time before `to`")
    return since_ms, until_ms
