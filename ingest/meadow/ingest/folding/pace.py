"""Lets the event loop go on while much is worked through: a part, a breath, the next part."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

T = TypeVar("T")


async def paced(items: Sequence[T], at_once: int) -> AsyncIterator[Sequence[T]]:
    """Parts of at most `at_once`; others run between them."""
    for start in range(0, len(items), at_once):
        if start:
            await asyncio.sleep(0)
        yield items[start : start + at_once]
