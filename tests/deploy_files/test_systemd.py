"""The units: read by systemd itself, and as closed as they say."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from meadow.deploy.main import main
from tests.deploy_files.checkers import DEPLOY, approved, flags, variables

UNITS = DEPLOY / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
INSTANCES = ("query", "control", "web")
EXPOSED_MAX = 20  # tenths; systemd calls less than 2 "OK"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with systemd's own units, Meadow's, and a Meadow that could be started."""
    root = tmp_path_factory.mktemp("machine")
    own = Path("/usr/lib/systemd/system")
    shutil.copytree(
        own if own.exists() else Path("/lib/systemd/system"), root / "usr/lib/systemd/system", symlinks=True
    )
    meadow = root / "opt/meadow/bin/meadow"
    meadow.parent.mkdir(parents=True)
    meadow.touch(mode=0o755)
    (root / "etc/systemd").mkdir(parents=True)
    shutil.copytree(UNITS, root / "etc/systemd/system")
    return root


@pytest.mark.parametrize(
    "unit",
    [
        *(f"meadow@{name}.service" for name in INSTANCES),
        *(
            "meadow-ingest@1.service",
            "meadow-write@1.service",
            "meadow-migrate.service",
            "meadow.service",
            "meadow.target",
        ),
    ],
)
def test_systemd_takes_the_unit(machine: Path, unit: str) -> None:
    approved("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", f"--root={machine}", unit)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_is_closed(path: Path) -> None:
    approved("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED_MAX}", path)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_starts_a_command_with_flags_and_settings_it_has(path: Path) -> None:
    text = path.read_text()
    command, *rest = re.findall(r"^ExecStart=/opt/meadow/bin/meadow (.+)$", text, re.MULTILINE)[0].split()
    for name in INSTANCES if command == "%i" else (command,):
        assert name in main.commands
        assert {word for word in rest if word.startswith("--")} <= flags(name)
        assert set(re.findall(r"^Environment=(MEADOW_\w+)", text, re.MULTILINE)) <= variables(name)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_has_time_to_end(path: Path) -> None:
    text = path.read_text()
    oneshot = "Type=oneshot" in text
    assert oneshot or int(re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)[0]) >= 60
    assert oneshot or "Restart=always" in text


def test_what_the_guide_enables_comes_back_with_the_machine(machine: Path) -> None:
    guide = (DEPLOY.parent / "docs/operate/install.md").read_text()
    (line,) = re.findall(r"^systemctl enable --now (.+)$", guide, re.MULTILINE)
    approved("systemctl", f"--root={machine}", "enable", *line.split())
    links = {
        str(path.relative_to(machine / "etc/systemd/system")) for path in machine.rglob("etc/systemd/**/*.wants/*")
    }
    wanted = {f"meadow.target.wants/{unit}.service" for unit in line.split() if unit != "meadow.target"}
    assert {"multi-user.target.wants/meadow.target", *wanted} <= links
    assert len(wanted) == len(INSTANCES) + 2


def test_the_guide_puts_every_file_where_it_is_looked_for() -> None:
    guide = (DEPLOY.parent / "docs/operate/install.md").read_text()
    lines = re.findall(r"^install (.+)$", guide, re.MULTILINE)
    there = {Path(word).name for line in lines for word in line.split() if word.startswith("/")}
    assert {"system", "meadow.conf", "operate"} <= there
    sources = [word for line in lines for word in line.split() if word.startswith(("deploy/", "docs/"))]
    assert all(list(DEPLOY.parent.glob(word)) for word in sources)
    for path in UNITS.iterdir():
        for document in re.findall(r"^Documentation=file://(.+)$", path.read_text(), re.MULTILINE):
            assert f"{Path(document).parent} docs/operate/*.md" in guide
            assert (DEPLOY.parent / "docs/operate" / Path(document).name).exists()
        for named in re.findall(r"To (/usr/lib/\S+):", path.read_text()):
            assert f"deploy/systemd/{path.name} {named}" in guide
