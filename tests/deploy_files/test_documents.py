"""What the documents tell people to type is there: commands, flags, rules, files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from meadow.deploy.main import main
from tests.deploy_files.checkers import DEPLOY, documents, flags, variables
from tests.house.tree import ROOT

PAGES = sorted((ROOT / "docs/operate").glob("*.md"))
EVERY = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *PAGES]
KNOWN = {variable for name in main.commands for variable in variables(name)} | {"MEADOW_SECRET", "MEADOW_BROKER"}
OTHERS = {"--create", "--build", "--detach", "--profile", "--from-literal", "--values", "--wheel", "--now", "--pty"}
OTHERS |= {"--uid", "--property", "--setenv", "--namespace", "--statedb", "--autoscale", "--timeout"}
ALL_FLAGS = {flag for name in main.commands for flag in flags(name)} | OTHERS | {"--config"}


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Every `meadow COMMAND …` of a page, with its flags; a command ends at the line's end, a pipe, or the code's."""
    code = re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"(?<!`)`([^`]+)`(?!`)", text)
    joined = [line for block in code for line in block.replace("\\\n", " ").splitlines()]
    found = [one for line in joined for one in re.findall(r"\bmeadow ((?:[a-z]+)(?=\s|$)[^|`)]*)", line)]
    return [(one.split()[0], re.findall(r"(--[a-z-]+)", one)) for one in found if one.split()[0] != "meadow"]


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_commands_and_flags_are_there(path: Path) -> None:
    names = {
        "install",
        "deploy",
        "set",
        "on",
        "all",
    }  # helm install meadow deploy/…, rabbitmqctl … meadow, ACL SETUSER meadow on
    for name, given in commands(path.read_text()):
        if name not in names - set(main.commands):
            assert name in main.commands
            assert not set(given) - flags(name) - OTHERS, name


def test_every_file_of_settings_is_one_that_is_taken(tmp_path: Path) -> None:
    blocks = [one for path in EVERY for one in re.findall(r"```toml\n(.*?)```", path.read_text(), re.DOTALL)]
    assert len(blocks) >= 3
    for block in blocks:
        file = tmp_path / "meadow.toml"
        file.write_text(block)
        done = CliRunner().invoke(main, ["--config", str(file), "token", "--secret", "s" * 32])
        assert done.exit_code == 0, done.output


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_flags_and_variables_that_stand_alone_are_there(path: Path) -> None:
    text = path.read_text()
    alone = set(re.findall(r"`(--[a-z-]+)", text))
    assert not alone - ALL_FLAGS
    assert not set(re.findall(r"\bMEADOW_[A-Z_]+\b", text)) - KNOWN


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_metrics_and_alerts_are_there(path: Path) -> None:
    text, rules = (
        path.read_text(),
        [document for file in (DEPLOY / "prometheus/rules").glob("*.yml") for document in documents(file.read_text())],
    )
    named = {
        rule.get("alert", rule.get("record")) for one in rules for group in one["groups"] for rule in group["rules"]
    }
    assert not set(re.findall(r"`(Meadow[A-Z]\w+|meadow:[\w:]+)`", text)) - named


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_sections_that_are_linked_to_are_there(path: Path) -> None:
    for page, anchor in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", path.read_text()):
        target = (path.parent / page).read_text() if page else path.read_text()
        headings = {
            re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-")
            for line in re.findall(r"^#+ (.+)$", target, re.MULTILINE)
        }
        assert anchor in headings, f"{page}#{anchor}"


def test_values_of_the_chart_that_are_named_are_there() -> None:
    text = (ROOT / "docs/operate/install.md").read_text() + (ROOT / "docs/operate/monitor.md").read_text()
    (values,) = documents((DEPLOY / "helm/meadow/values.yaml").read_text())
    for first, second in re.findall(r"`(\w+)\.(\w+)`", text):
        assert first not in values or second in values[first]


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text()
    assert not [path.name for path in PAGES if f"(docs/operate/{path.name})" not in readme]


def test_what_is_sent_to_meadow_is_called_json() -> None:
    """By `-d` alone curl calls it a form, which is refused."""
    code = [block for path in PAGES for block in re.findall(r"```sh\n(.*?)```", path.read_text(), re.DOTALL)]
    calls = [line for block in code for line in block.replace("\\\n", " ").splitlines() if "/api/v1/" in line]
    assert calls
    assert not [line for line in calls if " -d " in line and "Content-Type: application/json" not in line]
    known = json.loads((ROOT / "web/ui/openapi.json").read_text())["paths"]
    for line in calls:
        (path,) = re.findall(r"(/api/v1/[\w/]+)", line)
        assert ("post" if " -d " in line else "get") in known[path]
