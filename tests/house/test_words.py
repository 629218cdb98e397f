"""The project speaks of itself alone, and its documents lead somewhere."""

import re
from pathlib import Path

from tests.house.tree import ROOT, tracked

LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
FOREIGN = re.compile(r"/work/|/root/|\.library|\bclaude\b|\bsub-?agents?\b|\bclosing note\b", re.IGNORECASE)
LOCKS = {"uv.lock", "package-lock.json"}


def texts() -> list[Path]:
    skipped = {Path(__file__)}
    binary = {".png", ".webp", ".ico", ".gz"}
    return [p for p in tracked() if p.name not in LOCKS and p.suffix not in binary and p not in skipped]


def test_no_path_of_a_machine_and_no_word_of_the_workshop() -> None:
    hits = [f"{p.relative_to(ROOT)}: {m[0]}" for p in texts() for m in FOREIGN.finditer(p.read_text(errors="replace"))]
    assert not hits


def test_links_between_documents_resolve() -> None:
    broken = [
        f"{p.relative_to(ROOT)} -> {target}"
        for p in tracked()
        if p.suffix == ".md"
        for target in LINK.findall(p.read_text())
        if not (p.parent / target).exists()
    ]
    assert not broken
