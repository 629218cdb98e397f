"""How a search is refused: with the place in the text, so that it can be shown where it stands."""

from __future__ import annotations

from typing import Any, Protocol

from meadow.core.errors import BadQuestion


class Placed(Protocol):
    """What has a place in the text: characters, from 0."""

    @property
    def position(self) -> int: ...

    @property
    def length(self) -> int: ...


def refusal(detail: str, place: Placed, accepts: Any, **more: Any) -> BadQuestion:
    """detail: a sentence. more: further members of the problem document."""
    return BadQuestion(detail, field="q", position=place.position, length=place.length, accepts=accepts, **more)
