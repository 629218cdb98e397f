"""Every benchmark in one run, one after the other, each in a process of its own: trust the ratios, not the figures.

`python -m tests.bench [seconds of the sustained load]`, 60 when left out.
"""

from __future__ import annotations

import subprocess
import sys

seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
RUNS = (
    ("Flower's own state", "bench_flower"),
    ("source", "bench_source"),
    ("decode and pipeline", "bench_decode"),
    ("append to the log", "bench_log"),
    ("fold and insert", "bench_writer"),
    ("questions", "bench_query", "200000"),
    ("the page in a browser, over 100 000 tasks", "bench_page"),
    ("ingest nodes: RabbitMQ to Kafka, one and two", "bench_ingest_nodes"),
    ("writers: Kafka to ClickHouse, one and two", "bench_writers"),
    ("everything on one machine, with its broker and its load", "bench_spine", "--seconds", seconds),
)
for title, name, *arguments in RUNS:
    print(f"\n== {title}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.bench.{name}", *arguments], check=True)
