"""The chart: rendered by Helm for several installations, each object held against Kubernetes' own schemas."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.deploy_files.checkers import DEPLOY, approved, documents, flags, judged, variables

CHART = DEPLOY / "helm/meadow"
KUBERNETES = ("1.30", "1.35")  # the oldest that the chart takes, and one of now
LEAST = {
    "secrets.existingSecret": "meadow-secrets",
    "kafka.servers": "{kafka-1:9092}",
    "clickhouse.url": "http://ch:8123",
}
FULL = Path(__file__).parent / "values_full.yaml"
LONG_LIVED = {"ingest", "write", "query", "control", "web"}
Rendered = tuple[dict[str, Any], ...]


def least() -> list[str]:
    return [word for name, value in LEAST.items() for word in ("--set", f"{name}={value}")]


@cache
def rendered(*arguments: str, version: str = KUBERNETES[-1]) -> Rendered:
    text = approved("helm", "template", "one", CHART, "--kube-version", version, *arguments)
    return tuple(documents(text))


def both() -> list[Rendered]:
    return [rendered(*least()), rendered("--values", str(FULL))]


def pods(found: Rendered) -> dict[str, dict[str, Any]]:
    """The pod's specification of every object that makes pods, by the object's name."""
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in found
        if one["kind"] in ("Deployment", "Job")
    }


def settings(pod: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one.get("value", one.get("valueFrom")) for one in pod["containers"][0]["env"]}


@pytest.mark.parametrize("arguments", [least(), ["--values", str(FULL)]], ids=["least", "full"])
def test_helm_finds_nothing_wrong(arguments: list[str]) -> None:
    approved("helm", "lint", "--strict", "--kube-version", KUBERNETES[-1], CHART, *arguments)


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_takes_every_object(version: str, tmp_path: Path) -> None:
    found = [*rendered(*least(), version=version), *rendered("--values", str(FULL), version=version)]
    objects = [one for one in found if one["kind"] != "ServiceMonitor"]
    paths = [tmp_path / f"{number}.json" for number in range(len(objects))]
    for path, one in zip(paths, objects, strict=True):
        path.write_text(json.dumps(one))
    approved("kubernetes-validate", "--strict", "--quiet", "-k", f"{version}.0", *paths)


def test_every_role_runs_apart_and_each_shard_has_writers() -> None:
    small, large = both()
    assert set(pods(small)) == {
        f"one-meadow-{name}" for name in ("ingest", "write-1", "query", "control", "web", "migrate")
    }
    shards = {settings(pods(large)[f"one-meadow-write-{n}"])["MEADOW_SHARD"] for n in (1, 2)}
    assert shards == {"1/2", "2/2"}


def test_a_pod_says_only_settings_that_its_command_knows() -> None:
    for found in both():
        for name, pod in pods(found).items():
            command, *rest = pod["containers"][0]["args"]
            given = {variable for variable in settings(pod) if variable.startswith("MEADOW_")}
            assert not given - variables(command), name
            assert {word for word in rest if word.startswith("--")} <= flags(command)


def test_a_pod_may_do_nothing_that_it_need_not() -> None:
    for found in both():
        for name, pod in pods(found).items():
            inside = pod["containers"][0]["securityContext"]
            assert inside == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            assert pod["securityContext"]["runAsNonRoot"]
            assert pod["automountServiceAccountToken"] is False


def test_kubernetes_adds_no_variables_that_meadow_would_refuse() -> None:
    assert all(pod["enableServiceLinks"] is False for found in both() for pod in pods(found).values())


def test_secrets_are_referred_to_and_none_is_made() -> None:
    for found in both():
        assert not [one for one in found if one["kind"] == "Secret"]
        said = {name: value for pod in pods(found).values() for name, value in settings(pod).items()}
        secret = {
            name for name in said if name.endswith(("_PASSWORD", "_SECRET", "_KEY")) and name != "MEADOW_REDACT_KEY"
        }
        assert {"MEADOW_SECRET", "MEADOW_REGISTRY_KEY", "MEADOW_CLICKHOUSE_PASSWORD"} <= secret
        assert all("secretKeyRef" in said[name] for name in secret)


def test_every_role_is_probed_bounded_and_kept_apart() -> None:
    for found in both():
        for name, pod in pods(found).items():
            container = pod["containers"][0]
            assert container["resources"]["limits"]["memory"], name
            if name.endswith("-migrate"):
                continue
            assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)
            assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
            assert pod["affinity"]
            assert len(pod["topologySpreadConstraints"]) == 2
        budgets = {one["metadata"]["name"] for one in found if one["kind"] == "PodDisruptionBudget"}
        assert budgets == {one["metadata"]["name"] for one in found if one["kind"] == "Deployment"}


def test_a_node_of_kubernetes_can_be_emptied_and_never_takes_most_of_a_role_along() -> None:
    small = rendered(*least(), "--set", "web.replicas=1")
    for budget in (one["spec"] for one in small if one["kind"] == "PodDisruptionBudget"):
        assert budget["maxUnavailable"] == 1
        assert "minAvailable" not in budget


def test_nobody_is_killed_because_another_server_is_away() -> None:
    for name, pod in pods(rendered(*least())).items():
        if not name.endswith("-migrate"):
            paths = {
                probe: pod["containers"][0][f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "readiness")
            }
            serves, waits = name.endswith(("query", "control", "web")), name.endswith(("query", "control"))
            assert paths == {
                "startup": "/readyz" if waits else "/healthz",
                "readiness": "/healthz" if serves else "/readyz",
            }


def test_tables_are_made_before_an_install_and_an_upgrade() -> None:
    job = next(one for one in rendered(*least()) if one["kind"] == "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"


def test_wrong_settings_end_the_job_at_once_and_a_server_that_is_away_does_not() -> None:
    job = next(one for one in rendered(*least()) if one["kind"] == "Job")["spec"]
    (rule,) = job["podFailurePolicy"]["rules"]
    assert (rule["action"], rule["onExitCodes"]["values"]) == ("FailJob", [2])
    assert job["backoffLimit"] > 1


def test_what_scales_has_no_number_of_its_own() -> None:
    found = rendered("--values", str(FULL))
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in found if one["kind"] == "HorizontalPodAutoscaler"}
    assert scaled
    for name in scaled:  # by a share of what is asked for
        assert pods(found)[name]["containers"][0]["resources"]["requests"]["cpu"]
    for one in found:
        if one["kind"] == "Deployment":
            assert ("replicas" in one["spec"]) == (one["metadata"]["name"] not in scaled)


def test_selectors_pick_the_pods_of_their_role_alone() -> None:
    for found in both():
        labels = [one["spec"]["template"]["metadata"]["labels"] for one in found if one["kind"] == "Deployment"]
        for service in (one for one in found if one["kind"] == "Service"):
            picked = [one for one in labels if service["spec"]["selector"].items() <= one.items()]
            assert len(picked) == 1, service["metadata"]["name"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("secrets.existingSecret=", "secrets.existingSecret"),
        ("kafka.servers=null", "kafka.servers"),
        ("kafka.servers={kafka}", "kafka/servers"),
        ("clickhouse.url=http://user:word@ch:8123", "clickhouse/url"),
        ("ingest.replica=3", "replica"),
        ("write.workers=3", "/write"),
        ("query.zoneLabel=zone", "/query"),
        ("ingress.enabled=true", "ingress needs hosts"),
    ],
)
def test_wrong_values_are_refused_by_name(wrong: str, said: str) -> None:
    refused = judged("helm", "template", "one", CHART, "--kube-version", KUBERNETES[-1], *least(), "--set", wrong)
    assert refused.returncode != 0
    assert said in refused.stderr
