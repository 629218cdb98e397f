"""The files name each other: a host, a port, a folder, a time of one is that of the others, and of the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from meadow.core.stores.layouts import Layout
from meadow.deploy.gunicorn import GRACEFUL_S
from meadow.deploy.main import main
from tests.deploy_files.checkers import DEPLOY, documents, flags, variables
from tests.deploy_files.test_compose import FILE, services
from tests.deploy_files.test_helm import FULL, least, pods, rendered
from tests.deploy_files.test_started import IMAGE, SECRET
from tests.house.tree import ROOT

KNOWN = {variable for name in main.commands for variable in variables(name)}
OF_THE_DEMO = {"MEADOW_DEMO_FOLDER"}  # read by meadow.deploy.demo_app, which is no command
PORT = int(re.findall(r"MEADOW_PORT=(\d+)", (DEPLOY / "Dockerfile").read_text())[0])
ROLES = ("ingest", "write", "query", "control", "web")


def scraped() -> list[dict[str, Any]]:
    (found,) = documents((DEPLOY / "prometheus/prometheus.yml").read_text())
    jobs: list[dict[str, Any]] = found["scrape_configs"]
    return jobs


def xml(name: str) -> ElementTree.Element:
    return ElementTree.parse(DEPLOY / "clickhouse" / name).getroot()  # noqa: S314 - our own file


def text_of(tree: ElementTree.Element, path: str) -> str:
    found = tree.findtext(path)
    assert found, path
    return found


def test_no_service_is_told_a_setting_that_nobody_knows() -> None:
    told = {name for one in services().values() for name in one.get("environment") or {} if name.startswith("MEADOW_")}
    assert not told - KNOWN - OF_THE_DEMO


def test_what_the_guide_puts_into_env_is_read_by_compose() -> None:
    read = set(re.findall(r"\$\{(\w+)", FILE.read_text()))
    guide = (ROOT / "docs/operate/install.md").read_text()
    (section,) = re.findall(r"^## Compose\n(.*?)^## ", guide, re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"`(MEADOW_\w+)", section)) <= read
    assert set(re.findall(r"^\s*echo \"#?(\w+)=", (DEPLOY / "make-secrets.sh").read_text(), re.MULTILINE)) <= read


@pytest.mark.parametrize("path", [FILE, DEPLOY / "helm/meadow/templates/NOTES.txt"], ids=lambda path: path.name)
def test_commands_inside_of_files_are_there(path: Any) -> None:
    told = re.findall(
        r"^\s*(?:kubectl .* -- )?meadow ([a-z]+)((?: --?[\w-]+(?: [^-\s|>]\S*)?)*)", path.read_text(), re.MULTILINE
    )
    assert told
    for command, rest in told:
        assert command in main.commands
        assert set(re.findall(r"(--[a-z-]+)", rest)) <= flags(command)


def test_prometheus_asks_every_role_where_compose_runs_it() -> None:
    jobs = {job["job_name"]: job for job in scraped() if job["job_name"].startswith("meadow-")}
    assert set(jobs) == {f"meadow-{role}" for role in ROLES}
    for name, job in jobs.items():
        (found,) = job["dns_sd_configs"]
        assert found["names"] == [name.removeprefix("meadow-")]
        assert found["port"] == PORT


def test_prometheus_has_the_token_where_it_looks_for_it() -> None:
    looked_for = {job["authorization"]["credentials_file"] for job in scraped() if "authorization" in job}
    (volume,) = [one for one in services()["prometheus"]["volumes"] if one["source"] == "prometheus-token"]
    assert looked_for == {f"{volume['target']}/token"}
    minted = "\n".join(services()["prometheus-token"]["command"])
    assert minted.rstrip().endswith(">token")
    assert "| " not in minted  # a pipe ends as its last command does: no token would be a token


def test_prometheus_gets_a_token_or_nothing_that_looks_like_one(tmp_path: Path) -> None:
    (script,) = services()["prometheus-token"]["command"]
    environment = {
        **IMAGE,
        "MEADOW_DATA_DIR": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }

    def minted(secret: str) -> bool:
        command = ["sh", "-ec", script.replace("$$", "$").replace("/tmp/", f"{tmp_path}/")]
        environment["MEADOW_SECRET"] = secret
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False).returncode == 0

    assert not minted("short")
    assert not (tmp_path / "token").exists()
    assert minted(SECRET)
    assert (tmp_path / "token").read_text().count(".") == 2


def test_kubernetes_runs_the_image_as_the_user_and_on_the_port_it_was_made_for() -> None:
    (user,) = re.findall(r"^USER (\d+):\1$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    for name, pod in pods(rendered(*least())).items():
        assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == int(user)
        assert name.endswith("-migrate") or pod["containers"][0]["ports"] == [{"name": "http", "containerPort": PORT}]


def test_there_is_one_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    (chart,) = documents((DEPLOY / "helm/meadow/Chart.yaml").read_text())
    assert chart["appVersion"] == version
    assert f"ARG VERSION={version}\n" in (DEPLOY / "Dockerfile").read_text()
    guide = (ROOT / "docs/operate/install.md").read_text()
    assert f"dist/meadow-{version}-py3-none-any.whl" in guide
    assert f"/meadow:{version} ." in guide


def test_the_rules_know_the_jobs_by_their_names() -> None:
    named = set(re.findall(r'job="(meadow-\w+)"', (DEPLOY / "prometheus/rules/alerts.yml").read_text()))
    monitors = [one for one in rendered("--values", str(FULL)) if one["kind"] == "ServiceMonitor"]
    selected = {role for one in monitors for role in one["spec"]["selector"]["matchExpressions"][0]["values"]}
    replaced = {one["spec"]["endpoints"][0]["relabelings"][0]["replacement"] for one in monitors}
    assert replaced == {"meadow-$1"}
    assert named == {f"meadow-{role}" for role in selected} == {f"meadow-{role}" for role in ROLES}


def test_whoever_stops_a_process_gives_it_more_time_than_it_takes() -> None:
    for role in ROLES:
        [(minutes, seconds)] = re.findall(r"^(?:(\d+)m)?(\d+)s$", services()[role]["stop_grace_period"])
        assert 60 * int(minutes or 0) + int(seconds) > GRACEFUL_S
    for name, pod in pods(rendered(*least())).items():
        before = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        assert name.endswith("-migrate") or pod["terminationGracePeriodSeconds"] - before > GRACEFUL_S
    for path in (DEPLOY / "systemd").glob("meadow*.service"):
        assert all(
            int(found) > GRACEFUL_S for found in re.findall(r"^TimeoutStopSec=(\d+)$", path.read_text(), re.MULTILINE)
        )


def test_clickhouse_finds_its_keeper_and_its_replicas_as_compose_calls_them() -> None:
    keeper, cluster = xml("keeper/keeper.xml"), xml("server/cluster.xml")
    assert text_of(keeper, "keeper_server/tcp_port") == text_of(cluster, "zookeeper/node/port")
    assert text_of(keeper, "keeper_server/raft_configuration/server/hostname") in services()
    environment = services()["clickhouse"]["environment"]
    assert environment["CLICKHOUSE_KEEPER"] in services()
    answers = "keeper_server/http_control"
    ready = f":{text_of(keeper, f'{answers}/port')}{text_of(keeper, f'{answers}/readiness/endpoint')}"
    assert ready in str(services()["keeper"]["healthcheck"]["test"])
    hosts = {one.text for one in cluster.findall("remote_servers/meadow/shard/replica/host")}
    assert hosts == {services()["clickhouse"]["hostname"]}
    port = text_of(xml("server/server.xml"), "prometheus/port")
    assert [f"clickhouse:{port}"] in [
        job["static_configs"][0]["targets"] for job in scraped() if "static_configs" in job
    ]


def test_what_tables_are_made_of_is_in_clickhouses_configuration() -> None:
    cluster = xml("server/cluster.xml")
    layout = Layout("meadow", "meadow")
    macros = {word for sql in layout.databases() for word in re.findall(r"\{(\w+)\}", sql)}
    assert macros == {one.tag for one in cluster.find("macros") or []}
    named = {one.tag for one in cluster.find("remote_servers") or []}
    assert {
        services()[role]["environment"]["MEADOW_CLICKHOUSE_CLUSTER"] for role in ("migrate", "write", "query")
    } == named
    users = {one.tag for one in xml("server/users.xml").find("users") or []}
    asked = {
        services()[role]["environment"]["MEADOW_CLICKHOUSE_USERNAME"]
        for role in ("migrate", "write", "query", "control")
    }
    assert asked == users
    for replica in cluster.findall("remote_servers/meadow/shard"):
        assert text_of(replica, "internal_replication") == "true"  # else Distributed would insert into every replica
