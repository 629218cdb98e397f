"""What `meadow check` prints is its own: each thing it looked at, what to do below, and no line of a library."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.servers.meadow import MEADOW

NOWHERE = "127.0.0.1:1"  # nobody listens on it


def checked(folder: Path, *arguments: str) -> list[str]:
    """The lines of a check that finds something wrong, run as a person runs it; nothing stands on standard error."""
    done = subprocess.run([str(MEADOW), "check", *arguments], capture_output=True, text=True, check=False, cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert all(line.startswith(("ok     ", "wrong  ", "       ")) for line in lines), done.stdout
    return lines


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (f"amqp://u:s3cret@{NOWHERE}", f"The broker at {NOWHERE} cannot be reached"),
        (f"amqps://u:s3cret@{NOWHERE}", f"The broker at {NOWHERE} cannot be reached"),
        (f"redis://:s3cret@{NOWHERE}", f"Redis at {NOWHERE} cannot be reached"),
        ("redis://[x/0", "cannot be read"),
        ("amqp://[x/0", "cannot be read"),
        ("sqs://", "Install what this broker needs beside Meadow"),
        ("filesystem://", "No such file or directory: data_in"),
    ],
)
def test_a_broker_that_is_away_is_two_lines(tmp_path: Path, url: str, problem: str) -> None:
    folder, cluster, told = checked(tmp_path, "--broker", f"shop={url}")
    assert folder.startswith("ok     data folder: ")
    assert cluster.startswith("wrong  cluster shop: ")
    assert problem in told
    assert "s3cret" not in cluster + told


def test_servers_that_are_away_are_two_lines_each(tmp_path: Path) -> None:
    lines = checked(tmp_path, "--kafka", NOWHERE, "--clickhouse", f"http://{NOWHERE}", "--secret", "short")
    wrong = [line.partition(":")[0] for line in lines if line.startswith("wrong")]
    assert (wrong, len(lines)) == (["wrong  secret", "wrong  kafka", "wrong  clickhouse"], 6)
