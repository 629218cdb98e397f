-- What was said and done, append-only, as the log's blocks say it. Stored at least once: readers take one row per
-- (hostname, pid, clock, at, type, task_id).
CREATE TABLE IF NOT EXISTS events (
    tenant_id UInt32,
    cluster_id UInt32,
    task_id String,
    type LowCardinality(String),
    at DateTime64(6, 'UTC'),
    received_at DateTime64(6, 'UTC'),
    hostname LowCardinality(String),
    pid UInt32,
    clock UInt64,
    name LowCardinality(String),
    args String,
    kwargs String,
    retries Nullable(UInt16),
    eta Nullable(DateTime64(6, 'UTC')),
    expires Nullable(DateTime64(6, 'UTC')),
    queue LowCardinality(String),
    routing_key LowCardinality(String),
    exchange LowCardinality(String),
    root_id String,
    parent_id String,
    result String,
    runtime_s Nullable(Float32),
    exception String,
    traceback String,
    fields String,
    marks String
) ENGINE = {engine}MergeTree
PARTITION BY toDate(at)
ORDER BY (tenant_id, cluster_id, toStartOfTenMinutes(at), task_id, at)
TTL toDateTime(at) + INTERVAL 60 DAY
SETTINGS ttl_only_drop_parts = 1, default_compression_codec = 'ZSTD(1)';
