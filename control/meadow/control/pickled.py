"""Replies of workers whose task_serializer is pickle, read as data: no class is looked up and nothing is called.

The standard Unpickler is not used even restricted: five bytes (LONG_BINPUT) make it take gigabytes. A reply is a dict of
texts, numbers and lists, so only the opcodes of those are obeyed.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import Any, Final

STEPS_MAX = 50_000
_MARK: Final = object()
_NUMBERS: Final = ("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT")
_TEXTS: Final = ("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8")
_VALUES: Final = frozenset(_NUMBERS + _TEXTS)
_CONSTANTS: Final = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
Stack = list[Any]


def loads(body: bytes) -> Any:
    """Dicts with text keys, lists, texts, numbers. Raises ValueError for anything else. One list may be in many places."""
    stack: Stack = []
    memo: dict[int, Any] = {}
    try:
        for step, (opcode, argument, _) in enumerate(pickletools.genops(body)):
            if step > STEPS_MAX:
                break
            if opcode.name == "STOP":
                return stack.pop()
            _obey(opcode.name, argument, stack, memo)
    except (LookupError, TypeError, OverflowError, AttributeError) as error:
        raise ValueError("the pickle does not load") from error
    raise ValueError("the pickle is too long, or has no end")


def _obey(name: str, argument: Any, stack: Stack, memo: dict[int, Any]) -> None:
    if name in _VALUES:
        stack.append(argument)
    elif name in _CONSTANTS:
        stack.append(_CONSTANTS[name])
    elif name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
        memo[len(memo) if name == "MEMOIZE" else int(argument)] = stack[-1]
    elif name in ("GET", "BINGET", "LONG_BINGET"):
        stack.append(memo[int(argument)])
    elif name not in ("PROTO", "FRAME"):
        step = _STEPS.get(name)
        if step is None:
            raise ValueError("the pickle holds what is not data")
        step(stack)


def _marked(stack: Stack) -> list[Any]:
    items = []
    while (item := stack.pop()) is not _MARK:
        items.append(item)
    return items[::-1]


def _extend(stack: Stack, items: list[Any]) -> None:
    if type(stack[-1]) is not list:
        raise TypeError
    stack[-1].extend(items)


def _set(stack: Stack, items: list[Any]) -> None:
    target = stack[-1]
    if type(target) is not dict or not all(type(key) is str for key in items[::2]):
        raise TypeError
    target.update(zip(items[::2], items[1::2], strict=True))


def _dict(stack: Stack) -> None:
    items = _marked(stack)
    stack.append({})
    _set(stack, items)


def _last(stack: Stack, count: int) -> list[Any]:
    return [stack.pop() for _ in range(count)][::-1]


_STEPS: Final[dict[str, Callable[[Stack], None]]] = {
    "MARK": lambda stack: stack.append(_MARK),
    "EMPTY_DICT": lambda stack: stack.append({}),
    "EMPTY_LIST": lambda stack: stack.append([]),
    "EMPTY_TUPLE": lambda stack: stack.append([]),
    "TUPLE1": lambda stack: stack.append(_last(stack, 1)),
    "TUPLE2": lambda stack: stack.append(_last(stack, 2)),
    "TUPLE3": lambda stack: stack.append(_last(stack, 3)),
    "TUPLE": lambda stack: stack.append(_marked(stack)),
    "LIST": lambda stack: stack.append(_marked(stack)),
    "DICT": _dict,
    "APPEND": lambda stack: _extend(stack, _last(stack, 1)),
    "APPENDS": lambda stack: _extend(stack, _marked(stack)),
    "SETITEM": lambda stack: _set(stack, _last(stack, 2)),
    "SETITEMS": lambda stack: _set(stack, _marked(stack)),
}
