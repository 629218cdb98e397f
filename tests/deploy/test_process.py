"""How a process is asked to end: once, however often the same Ctrl-C is told, and at once by who asks again."""

from __future__ import annotations

import asyncio
import os

import pytest

from meadow.deploy.process import ECHO_S, Asking


def test_the_same_asking_told_twice_is_one_and_a_later_one_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ends, stopped = list[int](), asyncio.Event()
    monkeypatch.setattr(os, "_exit", ends.append)
    clock_s = iter([10.0, 10.0 + ECHO_S / 2, 10.0 + ECHO_S])
    ask = Asking(stopped, lambda: next(clock_s))
    ask()
    ask()
    assert stopped.is_set()
    assert not ends
    ask()
    assert ends == [130]
