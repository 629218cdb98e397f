"""What each process of a Meadow on many machines is started with: frozen values, read once from flags, environment and file."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from meadow.core.errors import BadSettings
from meadow.core.kafka import KafkaConnection
from meadow.core.proxies import Proxies
from meadow.core.seal import Seal
from meadow.core.tokens import SECRET_BYTES_MIN
from meadow.deploy.clusters import Seeds
from meadow.deploy.settings import Retention

Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClickHouse:
    """Where the store is. cluster: its name in ClickHouse's configuration, "" for one node. quorum: replicas that must have
    an insert; 0 is the one it was sent to. The password is not in its repr."""

    url: str
    username: str
    password: str = field(repr=False)
    database: str
    cluster: str
    ca_file: str
    quorum: int


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a process answers. hosts: names besides loopback that it is reached by. workers: processes that share the port.
    proxies: whose X-Forwarded-For is believed."""

    host: str
    port: int
    hosts: tuple[str, ...] = ()
    workers: int = 1
    proxies: Proxies = field(default_factory=Proxies)


@dataclass(frozen=True, slots=True)
class Ingest:
    """keys  open the broker URLs of the registry. node: unique among nodes. redact as in an embedded Meadow."""

    kafka: KafkaConnection
    keys: tuple[str, ...] = field(repr=False)
    node: str
    zone: str
    listening: Listening
    redact: bool
    redact_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """shard  from 0, and how many there are."""

    kafka: KafkaConnection
    clickhouse: ClickHouse
    shard: tuple[int, int]
    node: str
    listening: Listening


@dataclass(frozen=True, slots=True)
class Query:
    """secret  what signs tokens. operator: the tenant whose callers see and manage what is no tenant's; "" for none."""

    kafka: KafkaConnection
    clickhouse: ClickHouse
    secret: bytes = field(repr=False)
    operator: str
    listening: Listening


@dataclass(frozen=True, slots=True)
class Control:
    """keys  seal the broker URLs it is given, and open those it sends commands to. inspect_every_s, redact_keys: as in an
    embedded Meadow."""

    kafka: KafkaConnection
    clickhouse: ClickHouse
    secret: bytes = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    node: str
    operator: str
    listening: Listening
    inspect_every_s: int
    redact_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Web:
    """query, control  base URLs of the processes behind."""

    query: tuple[str, ...]
    control: tuple[str, ...]
    secret: bytes = field(repr=False)
    https: bool
    operator: str
    listening: Listening


@dataclass(frozen=True, slots=True)
class Migrate:
    """topics  partitions, copies and hours of the log. keys: needed where a seed has clusters."""

    kafka: KafkaConnection
    clickhouse: ClickHouse
    keys: tuple[str, ...] = field(repr=False)
    topics: tuple[int, int, int]
    retention: Retention
    seeds: tuple[Seeds, ...]


def kafka(given: Options) -> KafkaConnection:
    """Raises BadSettings for what is missing, or certificates that cannot be read."""
    if not given["kafka"]:
        raise BadSettings("Which Kafka? --kafka kafka-1:9092,kafka-2:9092, or MEADOW_KAFKA.")
    names = ("prefix", "security", "mechanism", "username", "password", "ca_file", "cert_file", "key_file")
    servers = tuple(server.strip() for server in given["kafka"].split(",") if server.strip())
    connection = KafkaConnection(servers, **{name: given[f"kafka_{name}"] for name in names})
    connection.options()
    return connection


def clickhouse(given: Options) -> ClickHouse:
    """Raises BadSettings for what is no address."""
    url = given["clickhouse"]
    if not url:
        raise BadSettings("Which ClickHouse? --clickhouse http://host:8123, or MEADOW_CLICKHOUSE.")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.path.strip("/"):
        raise BadSettings(
            "--clickhouse takes http://host:8123 or https://host:8443; user and password go to --clickhouse-username and "
            "--clickhouse-password."
        )
    names = ("username", "password", "database", "cluster", "ca_file", "quorum")
    return ClickHouse(url, **{name: given[f"clickhouse_{name}"] for name in names})


def secret(given: Options) -> bytes:
    """Raises BadSettings when there is none, or a short one."""
    text: str = given["secret"]
    path: Path | None = given["secret_file"]
    if not text and path is not None:
        try:
            text = path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSettings(f"The secret {path} cannot be read: {error}.") from error
    found = text.encode()
    if len(found) < SECRET_BYTES_MIN:
        given_text = f"has {len(found)} bytes" if found else "is missing"
        raise BadSettings(
            f"The secret {given_text}; query, control and web need the same one of {SECRET_BYTES_MIN} bytes or more: "
            "MEADOW_SECRET or --secret-file. Make one with: openssl rand -hex 32"
        )
    return found


def keys(given: Options) -> tuple[str, ...]:
    """Raises BadSettings when there is none, or one that cannot be used."""
    if not given["registry_key"]:
        raise BadSettings(
            "A key is needed to seal and open broker URLs: MEADOW_REGISTRY_KEY or --registry-key, the same for ingest, control "
            "and migrate."
        )
    Seal(given["registry_key"])
    return tuple(given["registry_key"])


def shard(text: str) -> tuple[int, int]:
    """`2/3` is (1, 3). Raises BadSettings."""
    found = re.fullmatch(r"(\d{1,3})/(\d{1,3})", text)
    number, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= count:
        raise BadSettings(f"--shard takes I/N such as 1/1 or 2/3, not {text!r}.")
    return number - 1, count


def listening(given: Options) -> Listening:
    hosts, proxies = tuple(given.get("allowed_host", ())), Proxies(given.get("trusted_proxy", ()))
    return Listening(given["host"], given["port"], hosts, given.get("workers", 1), proxies)


def node(given: Options) -> str:
    """This process's name among its like, in log lines too."""
    return given.get("node") or socket.gethostname()


def ingest_of(given: Options) -> Ingest:
    return Ingest(
        kafka(given),
        keys(given),
        node(given),
        given["zone"],
        listening(given),
        given["redact"],
        tuple(given["redact_key"]),
    )


def write_of(given: Options) -> Write:
    return Write(kafka(given), clickhouse(given), shard(given["shard"]), node(given), listening(given))


def query_of(given: Options) -> Query:
    return Query(kafka(given), clickhouse(given), secret(given), given["operator"], listening(given))


def control_of(given: Options) -> Control:
    return Control(
        kafka(given),
        clickhouse(given),
        secret(given),
        keys(given),
        node(given),
        given["operator"],
        listening(given),
        given["inspect_every"],
        tuple(given["redact_key"]),
    )


def web_of(given: Options) -> Web:
    query, control = (_bases(name, given[name]) for name in ("query", "control"))
    return Web(query, control, secret(given), given["https"], given["operator"], listening(given))


def _bases(name: str, text: str) -> tuple[str, ...]:
    bases = tuple(base.strip() for base in text.split(",") if base.strip())
    parts = [urlsplit(base) for base in bases]
    if not parts or not all(one.scheme in ("http", "https") and one.hostname for one in parts):
        raise BadSettings(f"--{name} takes one base URL or more, such as http://127.0.0.1:5563.")
    return bases
