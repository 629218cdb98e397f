"""What compose and the chart say to a process is what the process understands: its settings, read as it reads them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from meadow.deploy import main as command_line
from meadow.deploy import roles
from meadow.deploy.migrate import migrate_of
from tests.deploy_files.checkers import variables
from tests.deploy_files.test_compose import services
from tests.deploy_files.test_helm import FULL, least, pods, rendered, settings
from tests.house.tree import ROOT

SECRET = "0123456789abcdef" * 4
IMAGE = {"MEADOW_HOST": "0.0.0.0", "MEADOW_PORT": "5555", "MEADOW_DATA_DIR": "/var/lib/meadow"}
READ = {
    "ingest": roles.ingest_of,
    "write": roles.write_of,
    "query": roles.query_of,
    "control": roles.control_of,
    "web": roles.web_of,
}


def started(
    command: str,
    arguments: Sequence[str],
    told: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
    image: Mapping[str, str] = IMAGE,
) -> Any:
    """The settings of a process, as it has read them. Raises BadSettings as it would."""
    for name in [name for name in os.environ if name.startswith("MEADOW_")]:
        monkeypatch.delenv(name)
    for name, value in {**image, **told}.items():
        monkeypatch.setenv(name, value)
    with command_line.main.make_context("meadow", [command, *arguments]) as context:
        command_line.read(context, context.params["config"])
        given = command_line.main.commands[command].make_context(command, list(arguments), parent=context).params
        return migrate_of(given, context.obj) if command == "migrate" else READ[command](given)


def said(pod: Mapping[str, Any]) -> dict[str, str]:
    """A pod's variables; secrets and fields are filled in, and files that only a pod has are left out."""
    found = {name: value if isinstance(value, str) else SECRET for name, value in settings(dict(pod)).items()}
    return {name: value for name, value in found.items() if not name.endswith(("_FILE", "_CONFIG"))}


def in_chart(role: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    pod = next(pod for pod in pods(rendered(*arguments)).values() if pod["containers"][0]["args"][0] == role)
    return pod["containers"][0]["args"][1:], said(pod)


@pytest.mark.parametrize("role", [*READ, "migrate"])
def test_by_compose(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {name: value.replace("secret-of-MEADOW", SECRET) for name, value in services()[role]["environment"].items()}
    settled = started(role, [], given, monkeypatch)
    if role in ("query", "control"):
        assert {"query", "control", "web", "localhost"} <= set(settled.listening.hosts)
    if role == "migrate":
        assert [slug for seed in settled.seeds for slug, _ in seed.clusters] == ["shop"]


@pytest.mark.parametrize("role", [*READ, "migrate"])
def test_by_the_chart(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (least(), ["--values", str(FULL)]):
        rest, given = in_chart(role, *arguments)
        assert started(role, rest, given, monkeypatch)


def test_a_large_chart_says_what_its_values_say(monkeypatch: pytest.MonkeyPatch) -> None:
    full = ["--values", str(FULL)]
    write = started("write", *in_chart("write", *full), monkeypatch)
    assert (write.shard, write.clickhouse.url) == ((0, 2), "https://clickhouse-1:8443")
    assert (write.kafka.security, write.kafka.mechanism) == ("SASL_SSL", "SCRAM-SHA-512")
    query = started("query", *in_chart("query", *full), monkeypatch)
    assert query.clickhouse.database == "meadow_all"
    assert "meadow.example.com" in query.listening.hosts
    assert started("web", *in_chart("web", *full), monkeypatch).https
    ingest = started("ingest", *in_chart("ingest", *full), monkeypatch)
    control = started("control", *in_chart("control", *full), monkeypatch)
    assert set(ingest.redact_keys) == set(control.redact_keys) == {"iban", "birthday"}
    migrate = started("migrate", *in_chart("migrate", *full), monkeypatch)
    assert migrate.topics == (12, 3, 168)


def shown(guide: str) -> dict[str, dict[str, str]]:
    """The environment files that the guide shows, by their names."""
    blocks = re.findall(r"^# /etc/meadow/([\w-]+)\.env[^\n]*\n((?:MEADOW_\w+=.*\n)+)", guide, re.MULTILINE)
    found = {name: dict(line.split("=", 1) for line in block.splitlines()) for name, block in blocks}
    return {file: {name: value.replace("…", SECRET) for name, value in one.items()} for file, one in found.items()}


@pytest.mark.parametrize("role", [*READ, "migrate"])
def test_by_the_files_that_the_guide_shows_for_systemd(
    role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (ROOT / "docs/operate/install.md").read_text()
    (toml,) = re.findall(r"```toml\n(# /etc/meadow/meadow\.toml\n.*?)```", guide, re.DOTALL)
    (tmp_path / "meadow.toml").write_text(toml)
    given = shown(guide)[{"ingest": "ingest-1", "write": "write-1"}.get(role, role)]
    assert not set(given) - variables(role), "a secret goes only to who needs it"
    settled = started(role, [], {**given, "MEADOW_CONFIG": str(tmp_path / "meadow.toml")}, monkeypatch, image={})
    if role == "migrate":
        assert (settled.topics[1], settled.clickhouse.username) == (3, "meadow_migrate")
    else:
        assert settled.listening.host == "0.0.0.0"
