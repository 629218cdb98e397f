"""Pickled bodies, read as data: no class is looked up, no code is called, and what is not data is refused.

Celery's `event_serializer = "pickle"` sends `application/x-python-serialize`. Unpickling runs the sender's code, and even
an Unpickler whose find_class refuses everything can be made to take 32 GB by five bytes (LONG_BINPUT) or to hash for ever
(a dict keyed by nested tuples). So the opcodes are read by the standard library's pickletools and obeyed here, on lists,
dicts and scalars; Decimal, datetime, UUID, bytes and sets are known by name and become text or lists.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, cast

from meadow.ingest.counts import DeadReason
from meadow.ingest.messages.decoded import Undecodable
from meadow.ingest.messages.pickled_objects import NAMES, Named, build, call

PICKLE_BYTES_MAX = 8 * 1024 * 1024
STEPS_MAX = 200_000  # about half a second
KEY_BITS_MAX = 256
_MARK: Final = object()
_CONSTANTS: Final = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_NOTHING: Final = frozenset({"PROTO", "FRAME"})
_VALUES: Final = frozenset({
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT",
    "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
})  # fmt: skip
_OLD_TEXTS: Final = frozenset({"STRING", "BINSTRING", "SHORT_BINSTRING"})  # Python 2's str; pickletools reads Latin-1
_PUTS: Final = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_GETS: Final = frozenset({"GET", "BINGET", "LONG_BINGET"})


def read_pickle(body: bytes) -> Any:
    """Lists, dicts and scalars; not JSON-ready yet: keys, bytes and integers may be what JSON has not, and one list may be in
    many places, or in itself. Raises Undecodable: FORBIDDEN_PICKLE, TOO_LARGE or MALFORMED."""
    if len(body) > PICKLE_BYTES_MAX:
        raise Undecodable(DeadReason.TOO_LARGE, f"A pickle of more than {PICKLE_BYTES_MAX} bytes is not read.")
    machine = _Machine()
    try:
        for step, (opcode, argument, _) in enumerate(pickletools.genops(body)):
            if step > STEPS_MAX:
                raise Undecodable(DeadReason.TOO_LARGE, f"A pickle of more than {STEPS_MAX} steps is not read.")
            if opcode.name == "STOP":
                return machine.pop()
            machine.obey(opcode.name, argument)
    except (ValueError, TypeError, LookupError, OverflowError, ArithmeticError, AttributeError) as error:
        raise Undecodable(DeadReason.MALFORMED, "The pickle does not load.") from error
    raise Undecodable(DeadReason.MALFORMED, "The pickle has no end.")


@dataclass(slots=True)
class _Machine:
    """pickle's stack machine, as far as data needs it. Raises what a broken program makes Python raise."""

    stack: list[Any] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)

    def pop(self) -> Any:
        return self._data(self.stack.pop())

    def obey(self, name: str, argument: Any) -> None:
        if name in _VALUES:
            self.stack.append(argument)
        elif name in _PUTS:
            self.memo[_index(argument)] = self.stack[-1]
        elif name in _GETS:
            self.stack.append(self.memo[int(argument)])
        elif name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name])
        elif name in _OLD_TEXTS:
            self.stack.append(argument.encode("latin-1").decode("utf-8", "replace"))
        elif name not in _NOTHING:
            step = _STEPS.get(name)
            if step is None:
                raise Undecodable(DeadReason.FORBIDDEN_PICKLE, f"The pickle uses {name}, which is not data.")
            step(self, argument)

    def marked(self) -> list[Any]:
        """What is above the topmost mark, which goes too."""
        items: list[Any] = []
        while (item := self.stack.pop()) is not _MARK:
            items.append(self._data(item))
        items.reverse()
        return items

    def last(self, count: int) -> list[Any]:
        """The topmost, in their order, taken off."""
        return [self.pop() for _ in range(count)][::-1]

    def name(self, module: Any, name: Any) -> None:
        known = NAMES.get((module, name)) if isinstance(module, str) and isinstance(name, str) else None
        if known is None:
            raise Undecodable(DeadReason.FORBIDDEN_PICKLE, "The pickle asks for a class or function that is not data.")
        self.stack.append(Named(known))

    def _data(self, item: Any) -> Any:
        if item is _MARK:
            raise ValueError("a mark where a value belongs")
        return item


def _mark(machine: _Machine, _: Any) -> None:
    machine.stack.append(_MARK)


def _list(machine: _Machine, _: Any) -> None:
    machine.stack.append(machine.marked())


def _empty_list(machine: _Machine, _: Any) -> None:
    machine.stack.append([])


def _tuple(count: int) -> Callable[[_Machine, Any], None]:
    return lambda machine, _: machine.stack.append(machine.last(count))


def _append(machine: _Machine, _: Any) -> None:
    _extend(machine, machine.last(1))


def _appends(machine: _Machine, _: Any) -> None:
    _extend(machine, machine.marked())


def _extend(machine: _Machine, items: list[Any]) -> None:
    target = machine.stack[-1]
    if type(target) is not list:
        raise TypeError("not a list")
    target.extend(items)


def _dict(machine: _Machine, _: Any) -> None:
    items = machine.marked()
    machine.stack.append({})
    _set(machine, items)


def _empty_dict(machine: _Machine, _: Any) -> None:
    machine.stack.append({})


def _setitem(machine: _Machine, _: Any) -> None:
    _set(machine, machine.last(2))


def _setitems(machine: _Machine, _: Any) -> None:
    _set(machine, machine.marked())


def _set(machine: _Machine, items: list[Any]) -> None:
    target = machine.stack[-1]
    if type(target) is not dict or len(items) % 2:
        raise TypeError("not a dict")
    for key, value in zip(items[::2], items[1::2], strict=True):
        target[_key(key)] = value


def _key(key: Any) -> str | bytes:
    """Python salts the hashes of these two only: with numbers a sender can make every key collide."""
    if type(key) in (str, bytes):
        return cast(str | bytes, key)
    if type(key) in (float, bool, type(None)) or (type(key) is int and key.bit_length() <= KEY_BITS_MAX):
        return str(key)
    raise TypeError("a key that is not a scalar")


def _index(argument: Any) -> int:
    index = int(argument)
    if not 0 <= index <= STEPS_MAX:
        raise ValueError("a reference beyond the program's own length")
    return index


def _pop(machine: _Machine, _: Any) -> None:
    machine.stack.pop()


def _pop_mark(machine: _Machine, _: Any) -> None:
    machine.marked()


def _dup(machine: _Machine, _: Any) -> None:
    machine.stack.append(machine.stack[-1])


def _memoize(machine: _Machine, _: Any) -> None:
    machine.memo[len(machine.memo)] = machine.stack[-1]


def _global(machine: _Machine, argument: str) -> None:
    module, _, name = argument.partition(" ")
    machine.name(module, name)


def _stack_global(machine: _Machine, _: Any) -> None:
    machine.name(*machine.last(2))


def _reduce(machine: _Machine, _: Any) -> None:
    function, arguments = machine.last(2)
    machine.stack.append(call(function, arguments))


def _build(machine: _Machine, _: Any) -> None:
    target, state = machine.last(2)
    machine.stack.append(build(target, state))


_STEPS: Final[dict[str, Callable[[_Machine, Any], None]]] = {
    "MARK": _mark, "POP": _pop, "POP_MARK": _pop_mark, "DUP": _dup, "MEMOIZE": _memoize,
    "LIST": _list, "EMPTY_LIST": _empty_list, "APPEND": _append, "APPENDS": _appends,
    "TUPLE": _list, "EMPTY_TUPLE": _empty_list, "TUPLE1": _tuple(1), "TUPLE2": _tuple(2), "TUPLE3": _tuple(3),
    "EMPTY_SET": _empty_list, "ADDITEMS": _appends, "FROZENSET": _list,
    "DICT": _dict, "EMPTY_DICT": _empty_dict, "SETITEM": _setitem, "SETITEMS": _setitems,
    "GLOBAL": _global, "STACK_GLOBAL": _stack_global, "REDUCE": _reduce, "NEWOBJ": _reduce, "BUILD": _build,
}  # fmt: skip
