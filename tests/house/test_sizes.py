"""Files and functions stay small enough to be read in one go."""

import ast
from pathlib import Path

from tests.house.tree import ROOT, product, tracked

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50
POSITIONAL_MAX = 7
CODE = (".py", ".ts", ".tsx", ".css", ".sql", ".sh")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_no_file_is_long() -> None:
    long = {str(p.relative_to(ROOT)): n for p in tracked() if p.suffix in CODE and (n := lines(p)) > FILE_LINES_MAX}
    assert not long


def test_no_function_is_long() -> None:
    long = [
        f"{module.shown}:{node.lineno} {node.name} has {length} lines"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, Function) and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not long


def test_no_function_takes_many_positional_parameters() -> None:
    many = [
        f"{module.shown}:{node.lineno} {node.name}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, Function) and len(positional(node)) > POSITIONAL_MAX
    ]
    assert not many


def positional(function: Function) -> list[str]:
    """Names of what may be given by position, without the receiver."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return [name for name in names if name not in ("self", "cls")]


def lines(path: Path) -> int:
    return path.read_text(errors="replace").count("\n")
