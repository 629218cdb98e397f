"""The table of metrics keeps its own rules, is printed whole, and a fault in one reading costs only that one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from meadow.core import meters
from meadow.core.meters import BY_NAME, METRICS
from meadow.core.readings import Meters, Reading, merged
from meadow.deploy.metrics_document import document
from tests.house.tree import ROOT


def test_names_follow_prometheus() -> None:
    assert len(BY_NAME) == len(METRICS)
    for metric in METRICS:
        assert re.fullmatch(r"meadow_[a-z]+(_[a-z]+)*", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert metric.meaning.endswith(".")
        assert metric.unit
        assert bool(metric.buckets) == (metric.kind == "histogram")
        assert sorted(metric.buckets) == list(metric.buckets)


def test_whose_a_series_is_stands_in_its_first_label() -> None:
    for metric in METRICS:
        assert not {"tenant", "cluster"} & set(metric.labels[2:])
        assert "cluster" not in metric.labels or metric.labels[:2] == ("tenant", "cluster")


def test_the_document_is_as_the_table_says() -> None:
    printed = (ROOT / "docs/metrics.md").read_text()
    assert printed == document(), "run: python -m meadow.deploy.metrics_document > docs/metrics.md"
    assert all(f"`{metric.name}`" in printed for metric in METRICS)


def test_a_reading_has_the_labels_of_its_metric() -> None:
    with pytest.raises(ValueError, match="reason"):
        Reading(meters.EVENTS_DROPPED, 1, ("acme", "eu"))


def test_several_become_one_as_the_metric_says() -> None:
    both = [
        *(Reading(meters.QUESTIONS_RUNNING, value, ("acme",)) for value in (2, 3)),
        *(Reading(meters.REGISTRY_HEALTHY, value) for value in (True, False)),
        *(Reading(meters.REGISTRY_CLUSTERS, value) for value in (7, 8)),
        Reading(meters.QUESTIONS_RUNNING, 9, ("rival",)),
    ]
    assert [(one.metric.name, one.labels, one.value) for one in merged(both)] == [
        ("meadow_questions_running", ("acme",), 5),
        ("meadow_registry_healthy", (), 0),
        ("meadow_registry_clusters", (), 8),
        ("meadow_questions_running", ("rival",), 9),
    ]


def test_nothing_is_asked_before_a_scrape_and_a_fault_costs_itself_alone() -> None:
    asked = []

    def fine() -> Iterator[Reading]:
        asked.append("fine")
        yield Reading(meters.CLUSTERS_HELD, 3)

    def faulty() -> Iterator[Reading]:
        yield Reading(meters.GAPS, 1, ("acme", "eu"))
        raise RuntimeError("a password")

    watched = Meters()
    watched.watch(faulty, fine)
    assert not asked
    found = {one.metric: one.value for one in watched.read()}
    assert found == {meters.CLUSTERS_HELD: 3, meters.METER_FAILURES: 1}
    assert {one.metric: one.value for one in watched.read()}[meters.METER_FAILURES] == 2
