"""Every module says what it is for, is used, and has a name that says something."""

import ast
import re

from tests.house.tree import ROOT, Module, imported, product, tracked

BANNED = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc|stuff)(_|$)")
ENTRIES = {  # run by name
    "meadow.deploy.main",
    "meadow.deploy.demo_app",
    "meadow.deploy.gunicorn_log",
    "meadow.deploy.metrics_document",
    "meadow.deploy.openapi_document",
    "meadow.deploy.settings_document",
}
SERVICES = ("meadow.ingest", "meadow.query", "meadow.control", "meadow.web", "meadow.deploy")
ADAPTERS = (
    "meadow.core.logs",
    "meadow.core.stores",
    "meadow.core.streams",
    "meadow.ingest.sources",
    "meadow.ingest.ownerships",
    "meadow.control.wires",
)


def test_every_module_begins_with_a_sentence() -> None:
    silent = [m.shown for m in product() if not begins_with_a_sentence(m)]
    assert not silent


def begins_with_a_sentence(module: Module) -> bool:
    first = (ast.get_docstring(module.tree) or "").split("\n\n")[0]
    return len(first.split()) >= 4 and first.rstrip()[-1:] in ".:?"


def test_no_module_is_an_orphan() -> None:
    everything = set().union(*(imported(m) for m in product()))
    orphans = [m.shown for m in product() if m.name not in everything | ENTRIES]
    assert not orphans


def test_no_name_says_nothing() -> None:
    assert not [str(p.relative_to(ROOT)) for p in tracked() if BANNED.search(p.stem)]


def test_only_one_module_names_adapters() -> None:
    guilty = [
        f"{m.shown} imports {name}"
        for m in product()
        if m.name != "meadow.deploy.adapters" and not m.name.startswith(ADAPTERS)
        for name in imported(m)
        if name.startswith(ADAPTERS)
    ]
    assert not guilty


def test_core_holds_only_what_two_services_share() -> None:
    shared = [m for m in product() if m.name.startswith("meadow.core.") and not m.name.startswith(ADAPTERS)]
    assert not [m.shown for m in shared if len(users(m.name)) < 2]


def users(name: str) -> set[str]:
    """Services that import the module, and core itself where another shared module does."""
    found = set()
    for module in product():
        if name in imported(module):
            found |= {s for s in SERVICES if module.name.startswith(s)}
            found |= {module.name} if module.name.startswith("meadow.core.") else set()
    return found


def test_no_commented_out_promise() -> None:
    marks = [f"{m.shown}" for m in product() if re.search(r"#\s*(TODO|FIXME|XXX)", m.path.read_text())]
    assert not marks
