"""What an embedded Meadow is started with: one frozen value, read once from flags, environment and file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meadow.core.errors import BadSettings
from meadow.core.proxies import Proxies
from meadow.deploy.clusters import Seeds

LOG, STORE = "log", "store"  # folders of the data folder


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that rows are kept, by what they tell."""

    events: int
    tasks: int
    dead_letters: int


def retention_of(options: Mapping[str, Any]) -> Retention:
    return Retention(options["events_days"], options["tasks_days"], options["dead_letters_days"])


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything `meadow all` needs. Sizes in bytes, times in the unit of their name.

    seeds           the tenant, and clusters to watch from the start; more come and go by the registry.
    data_dir        the embedded log, chDB's folder and the signing secret live here; one process at a time.
    port            taken? then the next of the 20 after it, said aloud.
    allowed_hosts   names besides loopback that the page may be reached under (checked against DNS rebinding).
    proxies         whose X-Forwarded-For is believed.
    log_bytes       what the embedded log keeps at most.
    redact          whether secrets are taken out of arguments, results and tracebacks before they are stored.
    redact_keys     more key names to redact than the built-in ones.
    inspect_every_s how often Meadow looks at the workers of each cluster; 0: never.
    """

    seeds: Seeds
    data_dir: Path
    host: str
    port: int
    allowed_hosts: tuple[str, ...]
    proxies: Proxies
    retention: Retention
    log_bytes: int
    redact: bool
    redact_keys: tuple[str, ...]
    inspect_every_s: int

    @property
    def log_dir(self) -> Path:
        """Where the embedded log lives."""
        return self.data_dir / LOG

    @property
    def store_dir(self) -> Path:
        """Where chDB lives."""
        return self.data_dir / STORE

    @property
    def registry_file(self) -> Path:
        """Where tenants and clusters are kept."""
        return self.data_dir / "registry"

    @property
    def registry_key_file(self) -> Path:
        """What broker URLs are sealed with in there."""
        return self.data_dir / "registry-key"

    @property
    def secret_file(self) -> Path:
        """What signs tokens and session cookies; readable by its owner alone."""
        return self.data_dir / "secret"

    def make_data_dir(self) -> None:
        """Makes the folder, for its owner alone. Raises BadSettings when it cannot be."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadSettings(
                f"{self.data_dir} cannot be made: {error.strerror}. Choose another --data-dir."
            ) from error


def from_options(seeds: Seeds, data_dir: Path, options: Mapping[str, Any]) -> Settings:
    """Click's values under their own names. Raises BadSettings."""
    return Settings(
        seeds=seeds,
        data_dir=data_dir.expanduser().resolve(),
        host=options["host"],
        port=options["port"],
        allowed_hosts=tuple(options["allowed_host"]),
        proxies=Proxies(options["trusted_proxy"]),
        retention=retention_of(options),
        log_bytes=options["log_bytes"],
        redact=options["redact"],
        redact_keys=tuple(options["redact_key"]),
        inspect_every_s=options["inspect_every"],
    )
