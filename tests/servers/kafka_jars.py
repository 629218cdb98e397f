"""Fetches the jars of the tests' Kafka once for this checkout, from Maven's central repository."""

from __future__ import annotations

import fcntl
import subprocess
import zlib
from pathlib import Path

POM = Path(__file__).with_name("kafka-pom.xml")
CACHE = Path(__file__).parents[2] / ".kafka"
FETCH_S_MAX = 300


def kafka_jars() -> Path:
    """A folder of jars, 43 MB; later calls find it. Two runs at once fetch it once."""
    CACHE.mkdir(exist_ok=True)
    jars = CACHE / f"lib-{zlib.crc32(POM.read_bytes()):08x}"  # another version is another folder
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.exists():
            _fetch(CACHE / "unfinished")
            (CACHE / "unfinished").rename(jars)
    return jars


def _fetch(folder: Path) -> None:
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
    done = subprocess.run(
        ["mvn", "-q", "-B", "-f", str(POM), *goal], capture_output=True, text=True, timeout=FETCH_S_MAX, check=False
    )
    assert done.returncode == 0, f"Maven could not fetch Kafka: {done.stdout[-4000:]}{done.stderr[-4000:]}"
