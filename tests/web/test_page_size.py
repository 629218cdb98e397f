"""The page stays small (docs/decisions/012): each piece, its styles, and all there is to take."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.house.tree import ROOT

STATIC = ROOT / "web/meadow/web/static"
ALL_BYTES_MAX = 90_000
PIECE_BYTES_MAX = 11_500
SHARED = "shared-"  # what every page needs, and the first has
CSS_BYTES_MAX = 10_000


def test_all_of_it_is_small() -> None:
    sizes = {path.name: packed(path) for path in STATIC.rglob("*") if path.suffix in (".js", ".css", ".html", ".svg")}
    assert sum(sizes.values()) <= ALL_BYTES_MAX, sizes


def test_a_page_that_is_visited_next_is_small() -> None:
    sizes = {path.name: packed(path) for path in STATIC.rglob("*.js") if not path.name.startswith(SHARED)}
    assert max(sizes.values()) <= PIECE_BYTES_MAX, sizes


def test_its_styles_are_small() -> None:
    assert sum(packed(path) for path in STATIC.rglob("*.css")) <= CSS_BYTES_MAX


def packed(path: Path) -> int:
    """Bytes as the server sends them."""
    return len(gzip.compress(path.read_bytes(), 9))
