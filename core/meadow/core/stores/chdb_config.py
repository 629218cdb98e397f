"""How the embedded engine is set up: what it may use, where it puts its files, and that it writes through to the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from meadow.core.errors import BadSettings

DATABASE = "meadow"
# All of its own database, and nothing that reads or writes elsewhere: no file(), url(), s3(), remote(), executable().
GRANTS = (
    f"GRANT ALL ON {DATABASE}.*",
    "GRANT SELECT ON system.*",
    "GRANT KILL QUERY ON *.*",
    "GRANT CREATE TEMPORARY TABLE ON *.*",
)
CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class ChdbSettings:
    """What the embedded store may use.

    readers              questions answered at once, each by its own thread.
    threads_each         threads of one question; merges in the background take `background_threads` more.
    waiting_max          questions that may wait for a reader; one more is OverBudget.
    memory_bytes_max     all of the engine, without the 300 MB of its code.
    mark_cache_bytes     kept of the index between questions.
    disk_free_bytes_min  an insert that would leave less is StoreUnavailable, so merges and questions go on.
    fsync                an insert is on the disk when it returns, and survives a power cut; costs 5 to 10 ms each.
    """

    readers: int = 2 * CORES
    threads_each: int = CORES
    background_threads: int = 2
    waiting_max: int = 256
    memory_bytes_max: int = 2_000_000_000
    mark_cache_bytes: int = 128_000_000
    disk_free_bytes_min: int = 200_000_000
    fsync: bool = True

    def __post_init__(self) -> None:
        if min(self.readers, self.threads_each, self.background_threads, self.waiting_max) < 1:
            raise BadSettings(
                "The embedded store needs at least one reader, thread, background thread and waiting question."
            )
        if self.memory_bytes_max < 200_000_000:
            raise BadSettings("The embedded store needs at least 200 MB of memory.")


def write_config(folder: Path, settings: ChdbSettings) -> Path:
    """Writes the engine's two configuration files into the folder and returns the one to open it with."""
    users, config = folder / "users.xml", folder / "config.xml"
    users.write_text(_xml("clickhouse", _users(settings)))
    config.write_text(_xml("clickhouse", _server(folder, users, settings)))
    return config


def _server(folder: Path, users: Path, settings: ChdbSettings) -> Mapping[str, Any]:
    return {
        "user_directories": {"users_xml": {"path": users}},
        "timezone": "UTC",
        "tmp_path": f"{folder / 'tmp'}/",
        "max_server_memory_usage": settings.memory_bytes_max,
        "mark_cache_size": settings.mark_cache_bytes,
        "index_mark_cache_size": settings.mark_cache_bytes,
        "query_condition_cache_size": 32_000_000,
        "background_pool_size": settings.background_threads,
        "merge_tree": {
            "fsync_after_insert": int(settings.fsync),
            "fsync_part_directory": int(settings.fsync),
            "min_free_disk_bytes_to_perform_insert": settings.disk_free_bytes_min,
            "number_of_free_entries_in_pool_to_lower_max_size_of_merge": 1,
            "number_of_free_entries_in_pool_to_execute_mutation": 1,
            "number_of_free_entries_in_pool_to_execute_optimize_entire_partition": 1,
        },
    }


def _users(settings: ChdbSettings) -> Mapping[str, Any]:
    profile = {
        "max_threads": settings.threads_each,
        "implicit_select": 0,  # chDB takes `1 + 1` for a statement otherwise
        "input_format_skip_unknown_fields": 0,  # a column nobody stores is a mistake, not something to lose in silence
        "date_time_input_format": "best_effort",
        "session_timezone": "UTC",
    }
    grants = {"query": GRANTS}
    user = {"password": "", "networks": {"ip": "::/0"}, "profile": "default", "quota": "default", "grants": grants}
    return {"profiles": {"default": profile}, "users": {"default": user}, "quotas": {"default": ""}}


def _xml(tag: str, content: Any) -> str:
    if isinstance(content, tuple):
        return "".join(_xml(tag, one) for one in content)
    inner = (
        "".join(_xml(key, value) for key, value in content.items())
        if isinstance(content, Mapping)
        else escape(str(content))
    )
    return f"<{tag}>{inner}</{tag}>"
