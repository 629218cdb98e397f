"""Long texts are cut visibly, after redaction, and what remains always fits into a block of the log."""

from __future__ import annotations

import orjson
import pytest

from meadow.core.blocks import BLOCK_BYTES_MAX
from meadow.core.errors import BadSettings
from meadow.core.events import EventRow
from meadow.ingest.counts import Counts
from meadow.ingest.pipeline import PipelineSettings, stages, through
from meadow.ingest.stages.trim import Trim, TrimSettings
from tests.ingest.messages import HEAD, decoded, fields, marks


def trimmed(said: dict[str, object], settings: TrimSettings | None = None) -> EventRow:
    return Trim(settings or TrimSettings())(decoded(HEAD | said)).events[0]


@pytest.mark.parametrize(("column", "limit"), [("args", 4096), ("kwargs", 4096), ("result", 4096), ("exception", 8192)])
def test_a_long_payload_keeps_its_beginning(column: str, limit: int) -> None:
    row = orjson.loads(orjson.dumps(trimmed({column: "é" * (limit + 1)})))
    assert row[column] == "é" * (limit - 1) + "…"
    assert marks(row) == {"cut": {column: limit + 1}}
    assert marks(trimmed({column: "é" * limit})) == {}


def test_a_traceback_keeps_its_beginning_and_more_of_its_end() -> None:
    row = trimmed({"traceback": "Traceback\n" + "x" * 18_000_000 + "\nValueError: boom"})
    assert len(row["traceback"]) == 65_536
    assert row["traceback"].startswith("Traceback\n")
    assert row["traceback"].endswith("\nValueError: boom")
    assert row["traceback"].index("…") == 16_383
    assert marks(row)["cut"]["traceback"] == 18_000_027


def test_fields_stay_json() -> None:
    row = trimmed(
        {"note": "n" * 30_000, "list": list(range(20_000)), "small": 1} | {f"k{n}": "v" * 100 for n in range(300)}
    )
    kept = fields(row)
    assert len(row["fields"]) <= 16_384
    assert kept["note"].endswith("n…")
    assert (kept["list"], kept["small"]) == ("…", 1)
    assert kept["…"] > 100
    assert marks(row)["cut"]["fields"] > 100_000


def test_limits_of_ones_own() -> None:
    row = trimmed({"args": "a" * 200, "exception": "e" * 200}, TrimSettings(args=64, exception=100))
    assert (len(row["args"]), len(row["exception"])) == (64, 100)
    assert marks(row) == {"cut": {"args": 200, "exception": 200}}


@pytest.mark.parametrize("limit", [0, 63, 65_537])
def test_limits_have_limits(limit: int) -> None:
    with pytest.raises(BadSettings, match="traceback"):
        TrimSettings(traceback=limit)


def test_a_secret_at_the_cut_is_gone_before_the_cut() -> None:
    batch = decoded(HEAD | {"args": "a" * 4_084 + " password='hunter2hunter2'"})
    row = through(stages(PipelineSettings(), Counts(), lambda: 0.0), batch).events[0]
    assert "hun" not in row["args"]
    assert marks(row).keys() == {"redacted", "cut"}


def test_a_dead_body_is_cut_and_its_length_is_told() -> None:
    letter = Trim(TrimSettings())(decoded(b"{" * 200_000)).dead[0]
    assert (len(letter.body), letter.body_bytes) == (65_536, 200_000)


def test_the_worst_event_fits_into_a_block() -> None:
    worst = dict.fromkeys(
        (*(HEAD.keys() - {"timestamp", "pid", "clock"}), "uuid", "name", "queue", "root_id"), "\x01" * 100000
    )
    worst |= dict.fromkeys(("args", "kwargs", "result", "exception", "traceback", "custom"), "\x01" * 100000)
    row = through(stages(PipelineSettings(), Counts(), lambda: 0.0), decoded(HEAD | worst)).events[0]
    assert len(orjson.dumps(row)) < BLOCK_BYTES_MAX
