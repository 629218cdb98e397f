"""What the rows about one cluster come to: its workers, its rate, its lag, and what of it was not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from meadow.core.connections import AMQP_SCHEMES
from meadow.core.scope import Cluster
from meadow.query.shapes import parsed
from meadow.query.times import shown, shown_s

Rows = Sequence[Mapping[str, Any]]
REPORT_EVERY_S = 5.0  # how often a collector reports
REPORT_GOOD_S = 30.0  # an older report says nothing of now


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows of the six questions about one cluster; each may be empty, and is where it was not asked."""

    workers: Rows = ()
    seen: Rows = ()
    counts: Rows = ()
    reports: Rows = ()
    gaps: Rows = ()
    dead: Rows = ()


FACTS = tuple(one.name for one in fields(Facts))


def item(cluster: Cluster, facts: Facts, now_s: float) -> dict[str, Any]:
    """A cluster as the API shows it. Unknown is None, `connected` too when no collector reported lately."""
    workers = facts.workers[0] if facts.workers else {"online": 0, "silent": 0}
    amqp = cluster.connection.scheme in AMQP_SCHEMES
    return {
        "slug": cluster.slug,
        "name": cluster.slug,
        "broker": cluster.connection.masked,
        "workers_online": workers["online"],
        "workers_silent": workers["silent"],
        "events_per_s": _rate(facts.reports, shared=amqp),
        "lag_s": _lag_s(facts, now_s),
        "completeness": _completeness(facts.seen),
        "drops": _drops(facts.counts, shared=amqp),
        "dead_letters": facts.dead[0]["dead_letters"] if facts.dead else 0,
        "gaps": facts.gaps[0]["gaps"] if facts.gaps else 0,
        **_connection([row for row in facts.reports if now_s - row["last_at"].timestamp() <= REPORT_GOOD_S]),
    }


def _rate(reports: Rows, *, shared: bool) -> float | None:
    """Collectors share an AMQP queue, so their rates add up; of others each sees all, so the largest is nearest."""
    rates: list[float] = [(r["received_last"] - r["received_first"]) / r["over_s"] for r in reports if r["over_s"] > 0]
    if not rates:
        return None
    return round(sum(rates) if shared else max(rates), 3)


def _lag_s(facts: Facts, now_s: float) -> float | None:
    """How much older the newest report in the store is than it should be at most; None when none is known. Both facts tell of
    it: reports of the last moments, and the counts for ever."""
    moments = [*(row["last_at"] for row in facts.reports), *(row["counted_at"] for row in facts.counts)]
    if not moments:
        return None
    newest: float = max(moments).timestamp()
    return round(max(0.0, now_s - newest - REPORT_EVERY_S), 3)


def _completeness(rows: Rows) -> dict[str, Any]:
    seen, known = (int(rows[0]["seen"]), int(rows[0]["known"])) if rows else (0, 0)
    share = round(min(seen, known) / known, 6) if known else None
    return {"seen": seen, "known": known, "share": share, "since": shown(rows[0]["since"]) if rows else None}


def _drops(counts: Rows, *, shared: bool) -> dict[str, int]:
    """Nodes that share a queue drop different events; of others each drops the same ones."""
    column, prefix = "together" if shared else "alone", "drop:"
    named = {row["name"].removeprefix(prefix): int(row[column]) for row in counts if row["name"].startswith(prefix)}
    return {name: total for name, total in sorted(named.items()) if total}


def _connection(reports: Rows) -> dict[str, Any]:
    """One collector with the broker is enough; the problem is that of the one that has most lately failed."""
    if not reports:
        return {"connected": None, "problem": "", "since": None}
    said = [parsed(row["fields"]) for row in sorted(reports, key=lambda row: row["last_at"])]
    good = [one for one in said if one.get("connected") is True]
    problem = next((one for one in reversed(said) if one.get("problem")), None)
    about = good[-1] if good else problem or said[-1]
    return {
        "connected": bool(good),
        "problem": str(problem["problem"]) if problem else "",
        "since": shown_s(_number(about.get("since"))),
    }


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
