"""The image: what a linter finds, and what it must keep to be run by anybody without trust."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.deploy_files.checkers import DEPLOY, approved
from tests.house.tree import ROOT
from tests.servers.deadlines import wait_for
from tests.servers.roles import Role

TEXT = (DEPLOY / "Dockerfile").read_text()
LAST = TEXT[TEXT.rindex("\nFROM ") :]


def test_the_linter_finds_nothing() -> None:
    assert approved("hadolint", "--failure-threshold", "style", DEPLOY / "Dockerfile") == ""


def test_it_runs_as_nobody_in_particular() -> None:
    assert re.findall(r"^USER (.+)$", LAST, re.MULTILINE) == ["10001:10001"]
    assert "HEALTHCHECK" in LAST


def test_base_images_are_named_by_version() -> None:
    bases = re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE)
    assert bases
    assert all(re.search(r":\d", base) for base in bases)


def test_no_package_of_development_comes_with_it() -> None:
    syncs = re.findall(r"uv sync .*", TEXT)
    assert syncs
    assert all("--frozen" in sync and "--no-dev" in sync for sync in syncs)


def test_nothing_that_builds_or_installs_is_left_in_it() -> None:
    assert re.search(r"pip uninstall .*--yes pip setuptools wheel", LAST)
    assert "slim" in LAST.splitlines()[1]
    assert not re.search(r"\b(apt-get|apk|uv|npm|curl|gcc)\b", re.sub(r"^#.*$", "", LAST, flags=re.MULTILINE))
    assert re.findall(r"^COPY --from=(\S+) (\S+)", LAST, re.MULTILINE) == [("build", "/opt/meadow")]


def test_its_health_is_asked_by_what_is_in_it(tmp_path: Path) -> None:
    (words,) = re.findall(r"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", LAST, re.MULTILINE)
    program, *arguments = json.loads(words)
    assert program == "python"
    assert "/healthz" in arguments[-1]  # web answers other paths, too: with the page
    web = Role("web-1", tmp_path, {"MEADOW_SECRET": "0123456789abcdef" * 2, "MEADOW_WORKERS": "1"})

    def healthy() -> bool:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, env={"MEADOW_PORT": str(web.port)}, check=False, stderr=subprocess.DEVNULL)
        return done.returncode == 0

    assert not healthy()
    try:
        web.start()
        wait_for(healthy, "it is healthy", 60)
    finally:
        web.stop()


def test_what_is_copied_is_there_and_not_ignored() -> None:
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", TEXT, re.MULTILINE) for word in line.split()[:-1]]
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert not [path for path in copied if not (ROOT / path).exists()]
    assert not [path for path in copied if not any(path.startswith(one) or one.startswith(path) for one in let_in)]


def test_nothing_secret_or_foreign_is_let_in() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    assert {"web/ui/node_modules", "web/meadow/web/static"} <= set(lines)
    assert not [line for line in lines if line.startswith("!") and not (ROOT / line[1:]).exists()]
