"""Every promise has a number, and every number tests that are there."""

import re
from pathlib import Path

from tests.house.tree import ROOT

TEXT = (ROOT / "docs/guarantees.md").read_text()
PROMISES = dict(re.findall(r"^\*\*(\d+)\. (.*?)(?=^\*\*\d+\. |^## Not)", TEXT, re.DOTALL | re.MULTILINE))


def test_numbers_are_flat_and_without_a_gap() -> None:
    assert list(PROMISES) == [str(n) for n in range(1, len(PROMISES) + 1)]


def test_every_promise_names_a_test_that_tests() -> None:
    empty = [
        n for n, text in PROMISES.items() if not any(named(path) for path in re.findall(r"\(\.\./(tests/\S+)\)", text))
    ]
    assert not empty


def test_every_test_that_is_named_is_there() -> None:
    assert not [path for path in re.findall(r"\(\.\./(tests/\S+)\)", TEXT) if not named(path)]


def test_what_make_test_leaves_out_is_marked() -> None:
    linked = re.findall(r"\(\.\./(tests/\S+)\)( \(\*proofs\*\))?", TEXT)
    assert not [path for path, marked in linked if bool(marked) != ("pytest.mark.slow" in (ROOT / path).read_text())]


def test_what_pytest_does_not_collect_is_run_by_what_it_does() -> None:
    """A suite or a file of cases names tests, but only a `test_*.py` that imports it, or imports what does, runs them."""
    suites = {path for path in re.findall(r"\(\.\./(tests/\S+\.py)\)", TEXT) if not Path(path).name.startswith("test_")}
    assert suites
    assert not [path for path in suites if not collected(path, set())]


def collected(path: str, seen: set[str]) -> bool:
    """Whether a file that pytest collects imports it, itself or through others. seen: those that were looked at."""
    if Path(path).name.startswith("test_"):
        return True
    seen.add(path)
    module = path.removesuffix(".py").replace("/", ".")
    importing = re.compile(rf"^(from|import) {re.escape(module)}\b", re.MULTILINE)
    found = [
        str(file.relative_to(ROOT)) for file in (ROOT / "tests").rglob("*.py") if importing.search(file.read_text())
    ]
    return any(collected(one, seen) for one in found if one not in seen)


def named(path: str) -> list[str]:
    """Names of the test functions of a file."""
    file = ROOT / path
    return re.findall(r"def (test_\w+)", file.read_text()) if file.exists() else []
