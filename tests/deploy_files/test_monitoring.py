"""Rules and dashboards: read by promtool, and about metrics that Meadow has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from meadow.core.meters import METRICS
from tests.deploy_files.checkers import DEPLOY, approved, documents

RULES = sorted((DEPLOY / "prometheus/rules").glob("*.yml"))
BOARDS = sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
GRID = 24
OWN = {"up", "ALERTS"}
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}
NAMES = {f"{metric.name}{end}" for metric in METRICS for end in SUFFIXES.get(metric.kind, ("",))}
RECORDED = {
    rule["record"]
    for path in RULES
    for document in documents(path.read_text())
    for group in document["groups"]
    for rule in group["rules"]
    if "record" in rule
}
LABELS = {label for metric in METRICS for label in metric.labels} | {"job", "instance", "le", "alertname", "alertstate"}


def groups() -> list[dict[str, Any]]:
    return [group for path in RULES for document in documents(path.read_text()) for group in document["groups"]]


def rules() -> list[dict[str, Any]]:
    return [rule for group in groups() for rule in group["rules"]]


def board(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def expressions(path: Path) -> list[str]:
    """Every question to Prometheus of a dashboard, with its variables filled in."""
    found = board(path)
    asked = [target["expr"] for panel in found["panels"] for target in panel.get("targets", [])]
    asked += [one["expr"] for one in found["annotations"]["list"]]
    return [re.sub(r"\$\w+", "x", expression) for expression in asked]


def unknown(expression: str) -> set[str]:
    """Names of metrics and labels in an expression that nothing makes."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    metrics = set(re.findall(r"\bmeadow[_:][\w:]+", bare))
    labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", bare))
    labels |= {one for listed in re.findall(r"\bby \(([^)]*)\)", bare) for one in re.findall(r"\w+", listed)}
    return (metrics - NAMES - RECORDED) | (labels - LABELS)


def test_prometheus_takes_the_configuration() -> None:
    approved("promtool", "check", "config", "--syntax-only", DEPLOY / "prometheus/prometheus.yml")


def test_prometheus_takes_the_rules() -> None:
    approved("promtool", "check", "rules", "--lint=all", "--lint-fatal", *RULES)


def test_alerts_fire_when_they_should_and_only_then() -> None:
    approved("promtool", "test", "rules", Path(__file__).parent / "rules.yml")


def test_every_alert_has_a_moment_at_which_it_fires() -> None:
    tried = set(
        re.findall(r'alertname="(\w+)", alertstate="firing"', (Path(__file__).parent / "rules.yml").read_text())
    )
    assert tried == {rule["alert"] for rule in rules() if "alert" in rule}


def test_an_alert_says_how_urgent_it_is_what_happened_and_what_it_means() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert all(rule["labels"]["severity"] in ("page", "ticket") for rule in alerts)
    assert all({"summary", "description"} == set(rule["annotations"]) for rule in alerts)
    told = (DEPLOY.parent / "docs/operate/monitor.md").read_text()
    assert not [rule["alert"] for rule in alerts if f"`{rule['alert']}`" not in told]


def test_rules_go_by_metrics_that_meadow_has() -> None:
    assert not {rule["expr"]: found for rule in rules() if (found := unknown(rule["expr"]))}


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_dashboards_show_metrics_that_meadow_has(path: Path) -> None:
    assert expressions(path)
    assert not {expression: found for expression in expressions(path) if (found := unknown(expression))}


def test_every_metric_of_meadow_is_on_a_dashboard_itself_or_as_what_a_rule_makes_of_it() -> None:
    shown = {word for path in BOARDS for expression in expressions(path) for word in re.findall(r"[\w:]+", expression)}
    told = {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}
    behind = {word for name in shown & set(told) for word in re.findall(r"\w+", told[name])}
    ends = {metric.name: [f"{metric.name}{end}" for end in SUFFIXES.get(metric.kind, ("",))] for metric in METRICS}
    assert not [name for name, found in ends.items() if not (shown | behind).intersection(found)]


def test_prometheus_understands_every_question_of_a_dashboard(tmp_path: Path) -> None:
    asked = [expression for path in BOARDS for expression in expressions(path)]
    recording = [{"record": f"asked:{number}", "expr": expression} for number, expression in enumerate(asked)]
    file = tmp_path / "asked.json"
    file.write_text(json.dumps({"groups": [{"name": "asked", "rules": recording}]}))
    approved("promtool", "check", "rules", "--lint=none", file)


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_panels_say_what_they_show_and_lie_side_by_side(path: Path) -> None:
    panels = board(path)["panels"]
    assert all(panel["title"] and (panel["type"] == "row" or panel["description"]) for panel in panels)
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [cell for panel in panels for cell in covered(panel["gridPos"])]
    assert len(set(cells)) == len(cells)
    assert all(column < GRID for column, _ in cells)


def covered(place: dict[str, int]) -> list[tuple[int, int]]:
    columns, lines = range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
    return [(column, line) for column in columns for line in lines]


def test_dashboards_are_found_by_a_name_of_their_own() -> None:
    assert len({board(path)["uid"] for path in BOARDS}) == len(BOARDS) > 1


def test_grafana_is_told_where_they_are() -> None:
    (provider,) = documents((DEPLOY / "grafana/provisioning/dashboards/meadow.yml").read_text())[0]["providers"]
    mounted = (DEPLOY / "compose.yaml").read_text()
    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in mounted
    (source,) = documents((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())[0]["datasources"]
    assert source["url"] == "http://prometheus:9090"
