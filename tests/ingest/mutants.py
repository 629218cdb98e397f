"""Runs the writer's properties on source that was made wrong in one place, in modules of its own."""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

PARTS = (
    "fold_rows",
    "fold",
    "fold_join",
    "fold_block",
    "known",
    "memory",
    "late",
    "pace",
    "refusals",
    "shelf",
    "gathered",
)
TESTS = ("histories", "store_model", "rivals", "test_fold")
NAMES = [f"meadow.ingest.folding.{part}" for part in PARTS] + [f"tests.ingest.{part}" for part in TESTS]


class _Mutated(MetaPathFinder, Loader):
    """Finds one module, with one place of its source replaced."""

    def __init__(self, name: str, old: str, new: str) -> None:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        self.name, self.origin = name, spec.origin
        source = Path(spec.origin).read_text()
        assert source.count(old) == 1, f"{old!r} is {source.count(old)} times in {name}"
        self.source = source.replace(old, new)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return spec_from_loader(name, self, origin=self.origin) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.origin, "exec"), module.__dict__)  # noqa: S102 # our own source


@contextmanager
def mutated(name: str, old: str, new: str) -> Iterator[None]:
    """Inside, imports of the writer and its properties are fresh, and `name` is wrong; afterwards all is as before."""
    finder = _Mutated(name, old, new)
    before = {each: sys.modules.pop(each) for each in NAMES if each in sys.modules}
    _unlink(before)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        _unlink([each for each in NAMES if sys.modules.pop(each, None)])
        sys.modules.update(before)
        for each, module in before.items():
            parent, _, child = each.rpartition(".")
            setattr(sys.modules[parent], child, module)


def _unlink(names: Sequence[str] | dict[str, ModuleType]) -> None:
    """`from package import module` would find the one before."""
    for each in names:
        parent, _, child = each.rpartition(".")
        vars(sys.modules[parent]).pop(child, None)


def killed_after(name: str, old: str, new: str, seeds_max: int) -> int | None:
    """How many seeds it took until a property failed; None if none did."""
    with mutated(name, old, new):
        rivals = importlib.import_module("tests.ingest.rivals")
        folds = importlib.import_module("tests.ingest.test_fold")
        for seed in range(seeds_max):
            try:
                for part in range(5):
                    folds.check_semilattice(random.Random(5 * seed + part))
                for zombies in (False, True):
                    rivals.Rivals(random.Random(seed), zombies).run()
            except AssertionError:
                return seed + 1
    return None
