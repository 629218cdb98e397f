"""compose.yaml: read by docker compose itself, and held to what it promises."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from meadow.deploy.main import main
from tests.deploy_files.checkers import DEPLOY, approved, judged, variables

FILE = DEPLOY / "compose.yaml"
SECRETS = sorted(set(re.findall(r"\$\{(\w+):\?", FILE.read_text())))
ROLES = ("migrate", "ingest", "write", "query", "control", "web")
COME_AND_GO = {"migrate", "prometheus-token", "demo-front", "demo-heavy", "demo-beat", "demo-producer"}


@cache
def services() -> dict[str, dict[str, Any]]:
    """Every service of every profile, with a secret that can be told from all else."""
    secrets = {name: f"secret-of-{name}" for name in [*SECRETS, "GRAFANA_PASSWORD"]}
    text = approved("docker-compose", "-f", FILE, "--profile", "*", "config", "--format", "json", env=secrets)
    found: dict[str, dict[str, Any]] = json.loads(text)["services"]
    return found


def test_every_part_of_a_meadow_is_there() -> None:
    assert {*ROLES, "kafka", "keeper", "clickhouse", "rabbitmq", "redis", "prometheus", "grafana"} <= set(services())


@pytest.mark.parametrize("name", SECRETS)
def test_without_a_secret_nothing_starts(name: str) -> None:
    others = {other: "x" for other in SECRETS if other != name}
    refused = judged("docker-compose", "-f", FILE, "--profile", "*", "config", "-q", env=others)
    assert refused.returncode != 0
    assert name in refused.stderr


def test_the_script_makes_every_secret() -> None:
    script = (DEPLOY / "make-secrets.sh").read_text()
    assert not [name for name in [*SECRETS, "GRAFANA_PASSWORD"] if not re.search(rf"\b{name}\b", script)]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_a_command_and_its_settings_are_known(role: str) -> None:
    service = services()[role]
    assert service["command"] == [role]
    assert role in main.commands
    unknown = {name for name in service["environment"] if name.startswith("MEADOW_")} - variables(role)
    assert not unknown


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_nothing_that_it_need_not(role: str) -> None:
    service = services()[role]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_there_are_two_of_what_must_survive_one() -> None:
    assert all(services()[role]["deploy"]["replicas"] == 2 for role in ("ingest", "write"))


def test_every_service_is_bounded_and_is_looked_after() -> None:
    assert not [name for name, one in services().items() if int(one.get("mem_limit", 0)) < 2**28]
    looked_after = {name for name, one in services().items() if one.get("healthcheck", {}).get("test")}
    by_image = {"ingest", "write", "query", "control", "web"}
    assert set(services()) - COME_AND_GO == looked_after | by_image


def test_tables_are_made_before_anybody_needs_them() -> None:
    for role in ("ingest", "write", "query", "control"):
        assert services()[role]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_only_loopback_is_listened_on() -> None:
    ports = [port for one in services().values() for port in one.get("ports", [])]
    assert ports
    assert all(port["host_ip"] == "127.0.0.1" for port in ports)


def test_what_is_mounted_is_there() -> None:
    binds = [v["source"] for one in services().values() for v in one.get("volumes", []) if v["type"] == "bind"]
    assert binds
    assert not [path for path in binds if not (DEPLOY / path).exists()]


def test_a_secret_goes_only_to_who_needs_it() -> None:
    holders = {
        name: {service for service, one in services().items() if f"secret-of-{name}" in json.dumps(one)}
        for name in SECRETS
    }
    assert holders["MEADOW_SECRET"] == {"query", "control", "web", "prometheus-token"}
    assert holders["MEADOW_REGISTRY_KEY"] == {"migrate", "ingest", "control"}
    assert holders["CLICKHOUSE_MIGRATE_PASSWORD"] == {"migrate", "clickhouse"}
    assert holders["CLICKHOUSE_WRITE_PASSWORD"] == {"write", "clickhouse"}
    assert holders["CLICKHOUSE_READ_PASSWORD"] == {"query", "control", "clickhouse"}


def test_no_secret_is_among_the_arguments_of_a_process() -> None:
    """Whoever may list processes reads those. A shell of a service may write its variable to a file, or print it to a pipe."""
    for name, one in services().items():
        told = [
            *(one.get("entrypoint") or []),
            *(one.get("command") or []),
            *one.get("healthcheck", {}).get("test", []),
        ]
        hooks = [word for hook in one.get("post_start", []) for word in hook["command"]]
        lines = [line for word in [*told, *hooks] for line in str(word).replace("$$", "$").splitlines()]
        assert "secret-of-" not in str(lines), name
        with_secret = [line for line in lines if re.search(r"\$\w*(PASSWORD|SECRET|KEY|TOKEN)\b", line)]
        assert all(re.search(r"^\s*printf |\becho |^\w+=", line) for line in with_secret), name


def test_a_service_that_says_what_it_runs_does_not_stay_root() -> None:
    """The entry point of redis leaves root only for a command that begins with redis-server."""
    first = {name: one["command"][0] for name, one in services().items() if one.get("command")}
    by_shell = {name for name, word in first.items() if word in ("sh", "bash")}
    assert not [name for name in by_shell if services()[name].get("user", "root") == "root"]
