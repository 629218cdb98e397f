"""What Meadow itself does not see: clusters it does not hear, is behind of, or hears only in part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from meadow.query.problems.beginning import lacks
from meadow.query.problems.problem import Link, Problem
from meadow.query.problems.seen import Seen, says_nothing
from meadow.query.problems.thresholds import Thresholds
from meadow.query.problems.words import lasting, many, percent

Item = Mapping[str, Any]
THINNED = "thinned"  # heartbeats that say nothing new: no task is missing for want of them


def not_heard(seen: Seen, than: Thresholds) -> Iterator[Problem]:
    """One for each cluster that Meadow does not hear, or is behind of."""
    for item in seen.clusters.values():
        if item["lag_s"] is None or item["connected"] is False:
            yield _not_connected(item)
        elif item["lag_s"] >= than.behind_s_min:
            yield _lag(item, seen, than)


def not_seen(seen: Seen, than: Thresholds) -> Iterator[Problem]:
    """One for each cluster of which some, or all, of what happened was not seen."""
    for item in seen.clusters.values():
        yield from _no_events(item, than) if says_nothing(item["completeness"]) else _incomplete(item, than)


def unsure(item: Item, than: Thresholds) -> bool:
    """Whether what is told of a cluster needs what was counted of it over the hours: it does not report now, or starts are
    missing."""
    seen, known = item["completeness"]["seen"], item["completeness"]["known"]
    return item["lag_s"] is None or lacks("incomplete", seen, known, than.missing_min, than)


def _not_connected(item: Item) -> Problem:
    if item["connected"] is False:
        text, cause = f"Meadow is not connected to {item['slug']}.", item["problem"] or None
    else:
        text, cause = f"Meadow has never heard {item['slug']}: no collector has reported of it yet.", None
    since_s = datetime.fromisoformat(item["since"]).timestamp() if item["since"] else None
    return Problem(kind="not_connected", critical=True, text=text, cause=cause, since_s=since_s, **_about(item))


def _lag(item: Item, seen: Seen, than: Thresholds) -> Problem:
    lag_s = item["lag_s"]
    return Problem(
        kind="lag",
        critical=lag_s >= than.behind_critical_s,
        text=f"What is shown of {item['slug']} is {lasting(lag_s)} old.",
        cause=None if item["connected"] else "Its collector reports no more, or what it says is not stored.",
        since_s=seen.now_s - lag_s,
        value=lag_s,
        unit="s",
        weight=lag_s,
        **_about(item),
    )


def _no_events(item: Item, than: Thresholds) -> Iterator[Problem]:
    known, slug = item["completeness"]["known"], item["slug"]
    if not lacks("no_events", 0, known, than.missing_min, than):
        return
    yield Problem(
        kind="no_events",
        critical=False,
        text=f"Workers of {slug} did {many(known, 'task')} in the last hour and said nothing of them.",
        cause="They send no task events: start them with -E, or ask them to (enable_events).",
        value=0,
        usual=known,
        unit="tasks",
        count=known,
        weight=known,
        **{**_about(item), "link": Link(page="workers", params={"cluster": slug})},
    )


def _incomplete(item: Item, than: Thresholds) -> Iterator[Problem]:
    seen, known, share = (item["completeness"][name] for name in ("seen", "known", "share"))
    if not lacks("incomplete", seen, known, than.missing_min, than):
        return
    missing = f"{many(known - seen, 'task')} that began {'is' if known - seen == 1 else 'are'} missing"
    yield Problem(
        kind="incomplete",
        critical=False,
        text=f"{percent(share)} of what happened in {item['slug']} in the last hour was seen; {missing}.",
        cause=_lost_how(item),
        value=share,
        usual=1.0,
        unit="share",
        count=known - seen,
        weight=known - seen,
        **_about(item),
    )


def _lost_how(item: Item) -> str | None:
    """The largest reason that is known for it."""
    lost = {reason: count for reason, count in item["drops"].items() if reason != THINNED}
    if lost:
        reason, count = max(lost.items(), key=lambda pair: pair[1])
        return f"{many(count, 'event')} left out by Meadow: {reason}."
    if item["gaps"]:
        return f"{many(item['gaps'], 'time')} something may have been lost on the way from the broker."
    return None


def _about(item: Item) -> dict[str, Any]:
    slug = item["slug"]
    return {"cluster": slug, "subject": slug, "link": Link(page="overview", params={"cluster": slug})}
