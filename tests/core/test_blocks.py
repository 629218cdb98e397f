"""Rows become lines of blocks: each whole, in its partition and in order, whatever is in its texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meadow.core import blocks
from meadow.core.blocks import Block, Table, blocks_of, partition_of

PARTITIONS = 3
FORGED = '}{",\\ a\n'  # what a line's end is made of
TEXTS = st.text(st.sampled_from(FORGED) | st.characters(exclude_categories=["Cs"]), max_size=30)
ROWS = st.lists(
    st.dictionaries(
        TEXTS, TEXTS | st.integers(0, 2**63) | st.floats(allow_nan=False, allow_infinity=False), max_size=5
    ),
    max_size=12,
)


def made(rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    return blocks_of(Table.EVENTS, 7, 8, rows, PARTITIONS)


def read(found: list[Block]) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = {}
    for block in found:
        lines = block.rows.splitlines(keepends=True)
        assert len(lines) == block.count
        assert all(line.endswith(b"}\n") for line in lines)
        rows.setdefault(block.partition, []).extend(orjson.loads(line) for line in lines)
    return rows


@given(ROWS, st.lists(TEXTS, min_size=12, max_size=12))
def test_every_row_is_a_line_in_its_order(rows: list[dict[str, Any]], tasks: list[str]) -> None:
    named = [{**row, "task_id": task or "none"} for row, task in zip(rows, tasks, strict=False)]
    wanted: dict[int, list[Any]] = {}
    for row in named:
        wanted.setdefault(partition_of(7, 8, row["task_id"], PARTITIONS), []).append(row)
    assert read(made(named)) == wanted


@pytest.mark.parametrize("text", ['},"",{', '{"a":"},"', "},", '"', '\\"},"",{', '},"",{"task_id":"x"}'])
def test_a_text_that_looks_like_a_lines_end(text: str) -> None:
    rows: list[Mapping[str, Any]] = [
        {"task_id": text, text: text, "last": text},
        {"task_id": text, "": text},
        {"task_id": text},
    ]
    assert [*read(made(rows)).values()] == [rows]


@pytest.mark.parametrize("sizes", [[10] * 30, [300], [300, 1, 300, 300], [1, 99, 1, 100, 101, 5], [40, 40, 40]])
def test_blocks_are_as_full_as_they_may_be(sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES_MAX", 120)
    rows: list[Mapping[str, Any]] = [{"t": "x" * size} for size in sizes]
    found = made(rows)
    assert [*read(found).values()] == [rows]
    assert all(len(block.rows) <= 120 or block.count == 1 for block in found)
    assert all(len(one.rows) + len(next_.rows.splitlines()[0]) + 1 > 120 for one, next_ in pairwise(found))


def test_no_rows_no_blocks() -> None:
    assert made([]) == []
