"""Every promise has a number, and every number tests that are there."""

import re

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


def named(path: str) -> list[str]:
    """Names of the test functions of a file."""
    file = ROOT / path
    return re.findall(r"def (test_\w+)", file.read_text()) if file.exists() else []
