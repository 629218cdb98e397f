"""Options of a Meadow on many machines: Kafka, ClickHouse, secrets, and where each process listens."""

from __future__ import annotations

from pathlib import Path

import click

from meadow.deploy.options import (
    ALLOWED_HOST,
    BROKER,
    HOST,
    INSPECT_EVERY,
    LOGGING,
    REDACT_KEY,
    REDACTION,
    RETENTION,
    TENANT,
    TRUSTED_PROXY,
    EmptyCounts,
    by_commas,
    every,
    option,
    port,
)

KAFKA = every(
    option("--kafka", default="", metavar="HOST:PORT,…", help="Brokers of Kafka, one or more."),
    option("--kafka-prefix", default="meadow", help="Begins the name of every topic and group of this Meadow."),
    option(
        "--kafka-security",
        type=click.Choice(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]),
        default="PLAINTEXT",
        help="How Kafka is spoken to.",
    ),
    option(
        "--kafka-mechanism",
        type=click.Choice(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]),
        default="PLAIN",
        help="How Meadow signs in, where the security begins with SASL.",
    ),
    option("--kafka-username", default="", help="User of Kafka."),
    option("--kafka-password", default="", help="Its password; better given by the environment."),
    option(
        "--kafka-ca-file", default="", help="Certificates that vouch for the brokers'. [default: the machine's own]"
    ),
    option("--kafka-cert-file", default="", help="Meadow's own certificate, where the brokers ask for one."),
    option("--kafka-key-file", default="", help="The key of that certificate."),
)
CLICKHOUSE = every(
    option("--clickhouse", default="", metavar="URL", help="HTTP interface of ClickHouse, such as http://host:8123."),
    option("--clickhouse-username", default="default", help="User of ClickHouse."),
    option("--clickhouse-password", default="", help="Its password; better given by the environment."),
    option(
        "--clickhouse-database",
        default="meadow",
        help="Database of Meadow's tables; with several shards, query and control read from its meadow_all.",
    ),
    option("--clickhouse-cluster", default="", help="Name of the ClickHouse cluster. [default: one node]"),
    option(
        "--clickhouse-quorum",
        type=click.IntRange(0, 100),
        default=0,
        help="Replicas that must have an insert before it counts; 0 is the one it was sent to.",
    ),
    option("--clickhouse-ca-file", default="", help="Certificates that vouch for its own. [default: the machine's]"),
)
SECRET = every(
    option("--secret", default="", help="Signs tokens; at least 32 bytes, the same for query, control and web."),
    option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="A file with the secret in it."),
)
REGISTRY_KEY = option(
    "--registry-key",
    multiple=True,
    callback=by_commas,
    help="Seals broker URLs: the first one seals, all of them open; repeatable.",
)
NODE = option("--node", default="", help="Name of this process among its like. [default: the host name]")
ZONE = option(
    "--zone", default="", help="Where this node runs: two nodes of a cluster are put in two zones if they can be."
)
OPERATOR = option(
    "--operator",
    cls=EmptyCounts,
    default="default",
    help="The tenant whose people manage tenants and see the metrics of all; empty for none.",
)
WORKERS = option("--workers", type=click.IntRange(1, 64), default=2, help="Processes that answer.")

SHARD = option(
    "--shard", default="1/1", metavar="I/N", help="Which shard of ClickHouse this process works for, of how many."
)

INGEST = every(
    KAFKA, REGISTRY_KEY, NODE, ZONE, HOST, port(5561, "Port of /healthz, /readyz and /metrics."), REDACTION, LOGGING
)
WRITE = every(
    KAFKA,
    CLICKHOUSE,
    SHARD,
    NODE,
    HOST,
    port(5562, "Port of /healthz, /readyz and /metrics."),
    LOGGING,
)
QUERY = every(
    KAFKA,
    CLICKHOUSE,
    SECRET,
    HOST,
    port(5563, "Port to listen on."),
    ALLOWED_HOST,
    TRUSTED_PROXY,
    OPERATOR,
    WORKERS,
    LOGGING,
)
CONTROL = every(
    KAFKA,
    CLICKHOUSE,
    SECRET,
    REGISTRY_KEY,
    NODE,
    HOST,
    port(5564, "Port to listen on."),
    ALLOWED_HOST,
    TRUSTED_PROXY,
    OPERATOR,
    WORKERS,
    INSPECT_EVERY,
    REDACT_KEY,
    LOGGING,
)
WEB = every(
    option("--query", default="http://127.0.0.1:5563", metavar="URL,…", help="Where `meadow query` answers."),
    option("--control", default="http://127.0.0.1:5564", metavar="URL,…", help="Where `meadow control` answers."),
    SECRET,
    HOST,
    port(5555, "Port to listen on."),
    ALLOWED_HOST,
    TRUSTED_PROXY,
    option(
        "--https/--no-https", default=False, help="Whether browsers reach Meadow by https: then cookies are Secure."
    ),
    OPERATOR,
    WORKERS,
    LOGGING,
)
MIGRATE = every(
    KAFKA,
    CLICKHOUSE,
    REGISTRY_KEY,
    TENANT,
    BROKER,
    option(
        "--partitions", type=click.IntRange(1, 1024), default=12, help="Partitions of the log; may grow, never shrink."
    ),
    option(
        "--replication",
        type=click.IntRange(1, 15),
        default=1,
        help="Copies that Kafka keeps of every record; 3 in production.",
    ),
    option(
        "--retention-hours",
        type=click.IntRange(1, 24 * 3650),
        default=168,
        help="Hours that Kafka keeps events: more than any outage of the writers lasts.",
    ),
    RETENTION,
    LOGGING,
)
CHECK = every(KAFKA, CLICKHOUSE, SECRET, REGISTRY_KEY)
