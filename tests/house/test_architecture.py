"""What docs/architecture.md lists is there: adapters and suites of every contract, and every decision by its title."""

import re

from tests.house.tree import ROOT

TEXT = (ROOT / "docs/architecture.md").read_text()
CONTRACTS = re.findall(r"^\| `(\S+/)(\w+)\.py` \| `(\w+/)(.+)` \| `(\S+)` \|$", TEXT, re.MULTILINE)


def test_every_contract_has_the_adapters_and_the_suite_that_are_named() -> None:
    missing = [
        path
        for folder, contract, inside, adapters, suite in CONTRACTS
        for path in (f"{folder}{contract}.py", suite, *(f"{folder}{inside}{name}" for name in adapters.split("`, `")))
        if not (ROOT / path).is_file()
    ]
    assert CONTRACTS
    assert not missing


def test_every_suite_is_in_the_table() -> None:
    suites = {str(path.relative_to(ROOT)) for path in (ROOT / "tests/contracts").glob("*_suite.py")}
    assert {suite for *_, suite in CONTRACTS} == suites


def test_every_decision_is_listed_by_its_title() -> None:
    listed = re.findall(r"^\| \[(\d+)\]\((decisions/\S+)\) \| (.+) \|$", TEXT, re.MULTILINE)
    titles = {path: path.read_text().split("\n")[0] for path in sorted((ROOT / "docs/decisions").glob("*.md"))}
    assert {ROOT / "docs" / path: f"# {number}: {title}" for number, path, title in listed} == titles
